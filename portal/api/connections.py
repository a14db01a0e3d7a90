"""/organizations/…/connections: ways to sign in through an IdP, and switching a proven one on or off."""

import uuid
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import abort
from pydantic import AfterValidator, Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.organizations import get as organization_of
from portal.api.paging import Page, Rows, whole
from portal.api.speaking import Asked, OneLine, Shape, speaks
from portal.extensions import db
from portal.models import Connection, ConnectionConfiguration, ConnectionTest, SamlConfiguration
from portal.organizations import connections
from portal.web.access import access


def _certificate(text: str) -> str:
    try:
        return x509.load_pem_x509_certificate(text.encode()).public_bytes(Encoding.PEM).decode()
    except ValueError:
        raise ValueError("must be one certificate in PEM") from None


Pem = Annotated[str, Field(max_length=20_000), AfterValidator(_certificate)]


class ConfigurationShape(Shape):
    """What we know of the IdP: its entity id, sign-in address and certificates where it speaks SAML, its issuer and our client
    there where it speaks OpenID Connect. `tested`: exactly this configuration has passed a test sign-in."""

    version: int
    protocol: str
    config_hash: str
    idp_entity_id: str | None
    sso_url: str | None
    certificates: list[str]
    issuer: str | None
    client_id: str | None
    tested: bool
    live_at: datetime | None


class ConnectionTestShape(Shape):
    config_hash: str
    passed: bool
    started_at: datetime
    finished_at: datetime | None


class ConnectionShape(Shape):
    """Live where `live` is not null; `candidate` is what waits for its test beside it. `protocol` is that of what is live, else
    of the candidate; the addresses of both protocols are the connection's own and never change."""

    id: uuid.UUID
    organization_id: uuid.UUID
    idp: str
    name: str
    protocol: str
    entity_id: str
    acs_url: str
    login_url: str
    metadata_url: str
    callback_url: str
    live: ConfigurationShape | None
    candidate: ConfigurationShape | None
    last_test: ConnectionTestShape | None
    created_at: datetime
    last_sign_in_at: datetime | None


class NewConnection(Asked):
    """`idp` names the guide, such as `okta` or `generic`."""

    idp: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    name: OneLine = Field("", max_length=320)


class IdpMetadata(Asked):
    """What the identity provider says of itself; it waits as the candidate until a test sign-in has passed."""

    idp_entity_id: OneLine = Field(min_length=1, max_length=1024)
    sso_url: str = Field(max_length=2000, pattern=r"^https://[^\s]+$")
    certificates: list[Pem] = Field(min_length=1, max_length=16)


ADDRESS = "/v1/organizations/<organization>/connections"


@bp.get(ADDRESS)
@access("api:connections:read")
@speaks(Page[ConnectionShape])
def list_connections(organization: str) -> Rows[ConnectionShape]:
    """List the connections of an organization."""
    return whole([_shape(one) for one in connections.listed(organization_of(organization))])


@bp.get(f"{ADDRESS}/<uuid:connection_id>")
@access("api:connections:read")
@speaks(ConnectionShape)
def show_connection(organization: str, connection_id: uuid.UUID) -> ConnectionShape:
    """Read a connection."""
    return _shape(_get(organization, connection_id))


@bp.post(ADDRESS)
@access("api:connections:write")
@speaks(ConnectionShape, 201)
def create_connection(organization: str, body: NewConnection) -> ConnectionShape:
    """Make a connection, with addresses of its own. It does nothing until it is live."""
    return _shape(connections.create(organization_of(organization), body.idp, by=actor(), name=body.name))


@bp.put(f"{ADDRESS}/<uuid:connection_id>/metadata")
@access("api:connections:write")
@speaks(ConnectionShape)
def set_metadata(organization: str, connection_id: uuid.UUID, body: IdpMetadata) -> ConnectionShape:
    """Say what the identity provider says of itself. What is live stays so until a test of this has passed."""
    connection = _get(organization, connection_id)
    told = SamlConfiguration(body.idp_entity_id, body.sso_url, tuple(body.certificates))
    connections.stage(connection, told, by=actor())
    return _shape(connection)


@bp.put(f"{ADDRESS}/<uuid:connection_id>/live")
@access("api:connections:write")
@speaks(ConnectionShape)
def go_live(organization: str, connection_id: uuid.UUID) -> ConnectionShape:
    """Switch the candidate on, once it has passed its test and the organization has a verified domain."""
    connection = _get(organization, connection_id)
    connections.go_live(connection, by=actor())
    return _shape(connection)


@bp.delete(f"{ADDRESS}/<uuid:connection_id>/live")
@access("api:connections:write")
@speaks(ConnectionShape)
def disable(organization: str, connection_id: uuid.UUID) -> ConnectionShape:
    """Switch a connection off. Its configuration waits as the candidate, still proven."""
    connection = _get(organization, connection_id)
    connections.disable(connection, by=actor())
    return _shape(connection)


def _get(organization: str, connection_id: uuid.UUID) -> Connection:
    found = organization_of(organization).connections.select().where(Connection.id == connection_id)
    return db.session.scalars(found).one_or_none() or abort(404)


def _shape(connection: Connection) -> ConnectionShape:
    """The state of the test is derived, so the shape is put together here."""
    test = connections.last_test(connection)
    plain = {column.key: getattr(connection, column.key) for column in sa.inspect(Connection).columns}
    names = ("protocol", "entity_id", "acs_url", "login_url", "metadata_url", "callback_url")
    return ConnectionShape(
        **plain | {name: getattr(connection, name) for name in names},
        live=_configuration(connection, connection.live),
        candidate=_configuration(connection, connection.candidate),
        last_test=_test(test),
    )


def _configuration(connection: Connection, row: ConnectionConfiguration | None) -> ConfigurationShape | None:
    if row is None:
        return None
    held = row.configuration
    saml, oidc = (held, None) if isinstance(held, SamlConfiguration) else (None, held)
    return ConfigurationShape(
        version=row.version, protocol=row.protocol, config_hash=row.config_hash, certificates=list(held.certificates),
        idp_entity_id=saml.entity_id if saml else None, sso_url=saml.sso_url if saml else None,
        issuer=oidc.issuer if oidc else None, client_id=oidc.client_id if oidc else None,
        tested=connections.has_passed(connection, row.config_hash), live_at=row.live_at,
    )  # fmt: skip


def _test(test: ConnectionTest | None) -> ConnectionTestShape | None:
    return ConnectionTestShape.model_validate(test) if test else None
