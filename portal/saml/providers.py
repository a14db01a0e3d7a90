"""A connection and one version of its configuration, as the SAML code sees them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from portal.models import Connection, ConnectionConfiguration, ConnectionKey, KeyState
from portal.organizations import aliases, connection_keys
from portal.saml.parties import ServiceProvider, SpKey
from portal.saml.sp_metadata import Published
from portal.settings import current


def provider_of(connection: Connection, configuration: ConnectionConfiguration) -> ServiceProvider:
    """What we ask by: where the IdP knows the names of another product, those."""
    saml, former = configuration.saml, aliases.names_of(connection)
    active = connection_keys.active(connection) if saml.sign_requests else None
    return ServiceProvider(
        entity_id=former.entity_id or connection.entity_id,
        acs_url=former.acs_url or connection.acs_url,
        idp_entity_id=saml.entity_id,
        sso_url=saml.sso_url,
        certificates=saml.certificates,
        mapping=saml.mapping,
        keys=_Keys(connection),
        signing=_key(active) if active else None,
        allow_cbc=saml.allow_cbc,
        force_authn=saml.force_authn,
        authn_contexts=saml.authn_contexts,
        skew=timedelta(seconds=current().saml_clock_skew),
    )


def where_it_came(provider: ServiceProvider, acs_url: str) -> ServiceProvider:
    """As an answer must have it that came to this address, which is one of the connection's own: Destination and Recipient
    are it and no other."""
    return replace(provider, acs_url=acs_url)


def for_logout(connection: Connection, configuration: ConnectionConfiguration) -> ServiceProvider:
    """Logout is always signed, whatever the sign-in requests are."""
    saml, active = configuration.saml, connection_keys.active(connection)
    return replace(
        provider_of(connection, configuration),
        signing=_key(active) if active else None,
        logout_address=saml.slo_url,
        logout_answer_address=saml.slo_response_url or saml.slo_url,
        logout_binding=saml.slo_binding,
    )


def published(connection: Connection) -> Published:
    """What our metadata says: the key that signs now, and the next one, so that the IdP knows it before it is used."""
    keys = [row for row in connection_keys.listed(connection) if row.state is not KeyState.RETIRED]
    configuration = connection.live or connection.candidate
    saml = configuration.saml if configuration and configuration.protocol == "saml" else None
    former = aliases.names_of(connection)
    return Published(
        former.entity_id or connection.entity_id,
        tuple(dict.fromkeys(filter(None, (former.acs_url, connection.acs_url)))),
        connection.logout_url,
        tuple(row.certificate for row in keys),
        requests_signed=bool(saml and saml.sign_requests),
        allow_cbc=bool(saml and saml.allow_cbc),
    )


class _Keys:
    """Our keys of one connection, read and decrypted only where something is encrypted for them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def __iter__(self) -> Iterator[SpKey]:
        return map(_key, connection_keys.listed(self.connection))


def _key(row: ConnectionKey) -> SpKey:
    return SpKey(connection_keys.private_key(row), row.certificate)
