"""Who at an organization hears that something needs doing: those who lead it, and the contacts in its IT."""

import enum
import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import OWNER, ItContact, Membership, MembershipRole, Permission, Role, Status
from portal.organizations import mail, roles


class Matter(enum.StrEnum):
    """What a contact may want to hear of."""

    DEADLINES = "deadlines"
    ALARMS = "alarms"


def leaders(organization_id: uuid.UUID, *, gone_since: datetime | None = None) -> list[str]:
    """Addresses of owners and admins; with `gone_since` also of those whose access the directory ended since then."""
    leading = [role.id for role in roles.every() if role.allows(Permission.MANAGE_ORGANIZATION)]
    there: sa.ColumnElement[bool] = Membership.status == Status.ACTIVE
    if gone_since:
        there = sa.or_(there, sa.and_(Membership.suspended_by_directory, Membership.ended_at > gone_since))
    return list(db.session.scalars(_emails(organization_id).where(MembershipRole.role_id.in_(leading), there)))


def owners(organization_id: uuid.UUID) -> list[str]:
    """Addresses of the active owners; of all who lead where the owner's seat is vacant."""
    held = _emails(organization_id).join(Role, Role.id == MembershipRole.role_id)
    found = db.session.scalars(held.where(Role.key == OWNER, Membership.status == Status.ACTIVE)).all()
    return list(found) or leaders(organization_id)


def contacts(organization_id: uuid.UUID, matter: Matter) -> Sequence[ItContact]:
    wanted = {Matter.DEADLINES: ItContact.wants_deadlines, Matter.ALARMS: ItContact.wants_alarms}[matter]
    ours = sa.select(ItContact).where(ItContact.organization_id == organization_id, wanted)
    return db.session.scalars(ours.order_by(ItContact.id)).all()


def tell(addresses: Sequence[str], subject: str, body: str) -> None:
    """Each address once, however many hats somebody wears."""
    for address in {address.casefold(): address for address in addresses}.values():
        mail.queue(address, subject, body)


def _emails(organization_id: uuid.UUID) -> "sa.Select[str]":
    held = sa.and_(
        MembershipRole.organization_id == Membership.organization_id, MembershipRole.membership_id == Membership.id
    )
    return (
        sa.select(Membership.email)
        .join(MembershipRole, held)
        .where(Membership.organization_id == organization_id)
        .order_by(Membership.id)
    )
