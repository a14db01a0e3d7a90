"""A connection and one version of its configuration, as the SAML code sees them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from portal.models import Connection, ConnectionConfiguration, ConnectionKey, KeyState
from portal.organizations import connection_keys
from portal.saml.parties import ServiceProvider, SpKey
from portal.saml.sp_metadata import Published
from portal.settings import current


def provider_of(connection: Connection, configuration: ConnectionConfiguration) -> ServiceProvider:
    saml = configuration.saml
    active = connection_keys.active(connection) if saml.sign_requests else None
    return ServiceProvider(
        entity_id=connection.entity_id,
        acs_url=connection.acs_url,
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
    return Published(
        connection.entity_id,
        connection.acs_url,
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
