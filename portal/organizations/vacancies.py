"""A vacant owner's seat: noticed when the directory ends the last owner's access, and told to those who can fill it."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import OWNER, Membership, MembershipRole, Organization, Role, Status
from portal.organizations import audience, events, setup_links
from portal.organizations.actors import Actor
from portal.organizations.audience import Matter
from portal.settings import current

SEAT = "seat"
DAYS = 14


def of(organization: Organization) -> bool:
    """Derived: nobody active is an owner."""
    return db.session.scalar(sa.select(condition(organization.id))) or False


def condition(organization_id: uuid.UUID | sa.SQLColumnExpression[uuid.UUID]) -> sa.ColumnElement[bool]:
    there = aliased(Membership)
    owner = (
        sa.select(there.id)
        .join(MembershipRole, _held_by(there))
        .join(Role, Role.id == MembershipRole.role_id)
        .where(there.organization_id == organization_id, there.status == Status.ACTIVE, Role.key == OWNER)
    )
    return ~owner.exists()


def anywhere(limit: int) -> list[tuple[Organization, datetime]]:
    """For support: whose last owner the directory took away, and when. One look-up, along the index of who is an owner."""
    query = (
        sa.select(Organization, sa.func.max(Membership.ended_at))
        .join(Membership, Membership.organization_id == Organization.id)
        .join(MembershipRole, _held_by(Membership))
        .join(Role, Role.id == MembershipRole.role_id)
        .where(Role.key == OWNER, Membership.status != Status.ACTIVE, Membership.suspended_by_directory)
        .where(condition(Organization.id))
        .group_by(Organization.id)
    )
    rows = db.session.execute(query.order_by(sa.func.max(Membership.ended_at).desc()).limit(limit))
    return [(organization, at) for organization, at in rows if at]


def announce(former: Membership, *, by: Actor) -> None:
    """Admins have their page; contacts whom an admin vouches for get a link that opens this and nothing else."""
    organization = former.organization
    events.record("organization.owner_vacant", organization, former, by=by)
    subject = f"{organization.name} has no owner any more"
    what = (
        f"The directory ended the access of {former.label}, the last owner of {organization.name} at {current().app_name}. "
        "Everything goes on, but nobody can do what only an owner may.\n\n"
    )
    url = f"{current().public_url}/organizations/{organization.slug}/owner"
    audience.tell(audience.leaders(organization.id), subject, f"{what}Hand the seat to another member:\n{url}\n")
    for contact in audience.contacts(organization.id, Matter.ALARMS):
        if contact.trusted:
            _, url = setup_links.create(organization, by=by, scopes=[SEAT], days=DAYS, note=what.strip())
            audience.tell([contact.email], subject, f"{what}Hand the seat to another member ({DAYS} days):\n{url}\n")
        else:
            audience.tell([contact.email], subject, f"{what}Ask one of its admins, or support, to name another.\n")


def _held_by(membership: type[Membership]) -> sa.ColumnElement[bool]:
    return sa.and_(
        MembershipRole.organization_id == membership.organization_id, MembershipRole.membership_id == membership.id
    )
