"""Who at an organization hears that something needs doing: those who lead it, and the contacts in its IT."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import OWNER, ItContact, Membership, MembershipRole, Permission, Role, Status, User
from portal.organizations import mail, roles
from portal.organizations.mail import Compose


@dataclass(frozen=True)
class Reader:
    email: str
    language: str = ""


class Matter(enum.StrEnum):
    """What a contact may want to hear of."""

    DEADLINES = "deadlines"
    ALARMS = "alarms"


def leaders(organization_id: uuid.UUID, *, gone_since: datetime | None = None) -> list[Reader]:
    """Owners and admins; with `gone_since` also of those whose access the directory ended since then."""
    leading = [role.id for role in roles.every() if role.allows(Permission.MANAGE_ORGANIZATION)]
    there: sa.ColumnElement[bool] = Membership.status == Status.ACTIVE
    if gone_since:
        there = sa.or_(there, sa.and_(Membership.suspended_by_directory, Membership.ended_at > gone_since))
    return _found(_people(organization_id).where(MembershipRole.role_id.in_(leading), there))


def owners(organization_id: uuid.UUID) -> list[Reader]:
    """The active owners; of all who lead where the owner's seat is vacant."""
    held = _people(organization_id).join(Role, Role.id == MembershipRole.role_id)
    return _found(held.where(Role.key == OWNER, Membership.status == Status.ACTIVE)) or leaders(organization_id)


def contacts(organization_id: uuid.UUID, matter: Matter) -> Sequence[ItContact]:
    wanted = {Matter.DEADLINES: ItContact.wants_deadlines, Matter.ALARMS: ItContact.wants_alarms}[matter]
    ours = sa.select(ItContact).where(ItContact.organization_id == organization_id, wanted)
    return db.session.scalars(ours.order_by(ItContact.id)).all()


def tell(readers: Sequence[Reader | ItContact], compose: Compose) -> None:
    """Each address once, however many hats somebody wears, and each in their own language."""
    told: set[str] = set()
    for reader in readers:
        if (address := reader.email.casefold()) not in told:
            told.add(address)
            mail.write(reader.email, reader.language if isinstance(reader, Reader) else "", compose)


def _found(query: "sa.Select[str, str]") -> list[Reader]:
    return [Reader(email, language) for email, language in db.session.execute(query)]


def _people(organization_id: uuid.UUID) -> "sa.Select[str, str]":
    held = sa.and_(
        MembershipRole.organization_id == Membership.organization_id, MembershipRole.membership_id == Membership.id
    )
    return (
        sa.select(Membership.email, User.language)
        .join(MembershipRole, held)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organization_id == organization_id)
        .order_by(Membership.id)
    )
