"""Which connection people of a domain sign in through, where an organization has several (saml.md §6.9)."""

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    ConfigurationState,
    Connection,
    ConnectionConfiguration,
    ConnectionDomain,
    Domain,
    Organization,
)
from portal.organizations import events, users
from portal.organizations.actors import Actor
from portal.organizations.refusals import OtherConnection
from portal.settings import current


def bind(domain: Domain, connection: Connection | None, *, by: Actor) -> None:
    """People of this domain through this connection only; None: through any, as they choose."""
    ours = ConnectionDomain.organization_id == domain.organization_id, ConnectionDomain.domain_id == domain.id
    held = db.session.scalars(sa.select(ConnectionDomain).where(*ours)).one_or_none()
    if (held.connection_id if held else None) == (connection.id if connection else None):
        return
    db.session.execute(sa.delete(ConnectionDomain).where(*ours))
    if connection:
        row = ConnectionDomain(organization_id=domain.organization_id, domain_id=domain.id, connection_id=connection.id)
        db.session.add(row)
    name = connection.name if connection else "any connection"
    events.record("domain.bound", domain.organization_id, domain, by=by, connection=name)


def listed(organization: Organization) -> dict[uuid.UUID, uuid.UUID]:
    """The connection of each bound domain, by their ids."""
    rows = sa.select(ConnectionDomain).where(ConnectionDomain.organization_id == organization.id)
    return {row.domain_id: row.connection_id for row in db.session.scalars(rows)}


def for_email(email: str) -> Sequence[Connection]:
    """The live connections this address leads to: its domain's own, or all of the organization that verified it. One
    statement, and the same one whether or not anybody knows the domain."""
    bound = sa.select(ConnectionDomain.connection_id).where(
        ConnectionDomain.organization_id == Domain.organization_id, ConnectionDomain.domain_id == Domain.id
    )
    live = sa.exists().where(
        ConnectionConfiguration.organization_id == Connection.organization_id,
        ConnectionConfiguration.connection_id == Connection.id,
        ConnectionConfiguration.state == ConfigurationState.LIVE,
    )
    found = db.session.scalars(
        sa.select(Connection)
        .join(Domain, Domain.organization_id == Connection.organization_id)
        .join(Organization, Organization.id == Connection.organization_id)
        .where(Domain.name == users.domain_of(email), Domain.verified_at.is_not(None), Organization.sso_allowed, live)
        .where(sa.or_(Connection.id.in_(bound), ~bound.exists()))
        .order_by(Connection.created_at)
    ).all()
    return found if current().sso_allowed else []


def require_open_to(connection: Connection, emails: Iterable[str]) -> None:
    """Whoever is of a domain with a connection of its own comes in through that one: an IdP speaks for no other's people."""
    elsewhere = (
        sa.select(ConnectionDomain.id)
        .join(
            Domain,
            sa.and_(
                Domain.organization_id == ConnectionDomain.organization_id, Domain.id == ConnectionDomain.domain_id
            ),
        )
        .where(
            ConnectionDomain.organization_id == connection.organization_id,
            ConnectionDomain.connection_id != connection.id,
            Domain.name.in_({users.domain_of(email) for email in emails if email}),
        )
    )
    if db.session.scalars(elsewhere.limit(1)).first() is not None:
        raise OtherConnection
