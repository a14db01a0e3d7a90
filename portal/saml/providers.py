"""A connection and one version of its configuration, as the SAML code sees them."""

from datetime import timedelta

from portal.models import Connection, ConnectionConfiguration
from portal.saml.sp import ServiceProvider
from portal.settings import current


def provider_of(connection: Connection, configuration: ConnectionConfiguration) -> ServiceProvider:
    saml = configuration.saml
    return ServiceProvider(
        entity_id=connection.entity_id,
        acs_url=connection.acs_url,
        idp_entity_id=saml.entity_id,
        sso_url=saml.sso_url,
        certificates=saml.certificates,
        mapping=saml.mapping,
        skew=timedelta(seconds=current().saml_clock_skew),
    )


def bare_provider(connection: Connection) -> ServiceProvider:
    """Before anything of the IdP is known: our own addresses, for our metadata."""
    return ServiceProvider(connection.entity_id, connection.acs_url, "", "", ())


def proven_by(connection: Connection, config_hash: str) -> ConnectionConfiguration | None:
    """The configuration in force or in waiting that a question was about."""
    found = (connection.candidate, connection.live)
    return next((one for one in found if one and one.config_hash == config_hash), None)
