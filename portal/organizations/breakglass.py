"""Break-glass owners: named, rehearsed, and told of each time one of them comes in beside the IdP.

An organization that requires its IdP keeps at least one of them who has shown the way back in to work.
"""

import uuid
from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from portal.extensions import db
from portal.models import (
    OWNER,
    BreakGlassOwner,
    Factor,
    Membership,
    MembershipRole,
    Method,
    Organization,
    Role,
    Session,
    Shown,
    Status,
    User,
)
from portal.models.base import now
from portal.models.engine import insert_new
from portal.organizations import audience, events, mail, organizations
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import LastWayBackIn, NotAnOwner
from portal.settings import current
from portal.words import _

REHEARSING = (Method.PASSKEY, Method.PASSWORD)
"""Ways to count on: an inbox may itself be behind the IdP that fails, and recovery codes go away when they are used."""


def name(membership: Membership, *, by: Actor) -> None:
    """Whoever is named must then rehearse by themselves."""
    if not (membership.active and membership.is_owner):
        raise NotAnOwner
    row = BreakGlassOwner(
        organization_id=membership.organization_id, membership_id=membership.id, named_by=by.label[:320]
    )
    if not insert_new(row):
        return
    events.record("break_glass_owner.named", membership.organization_id, membership, by=by)
    if str(membership.user_id) != by.id:
        mail.write(membership.user.email, membership.user.language, partial(_asked_to_rehearse, membership, by))


def withdraw(row: BreakGlassOwner, *, by: Actor) -> None:
    _keep_a_way_back(row, by)
    db.session.delete(row)
    events.record("break_glass_owner.withdrawn", row.organization_id, row.membership, by=by)


def listed(organization: Organization) -> Sequence[BreakGlassOwner]:
    """Those who count now."""
    return db.session.scalars(_counting(organization.id).order_by(BreakGlassOwner.id)).all()


def get(organization: Organization, row_id: uuid.UUID) -> BreakGlassOwner | None:
    return db.session.scalars(_counting(organization.id).where(BreakGlassOwner.id == row_id)).one_or_none()


def is_ready(organization: Organization) -> bool:
    """Somebody could come in if the IdP failed, and has shown it."""
    rehearsed = _counting(organization.id).where(BreakGlassOwner.rehearsed_at.is_not(None))
    return bool(db.session.scalar(sa.select(rehearsed.exists())))


def keeps(organization: Organization, user: User) -> bool:
    ours = _counting(organization.id).where(Membership.user_id == user.id)
    return db.session.scalars(ours).one_or_none() is not None


def opens(session: Session, organization: Organization) -> bool:
    """A local sign-in with a second factor, of somebody named, reaches an organization that requires its IdP."""
    return session.local and session.second_factor is not None and keeps(organization, session.user)


def note(session: Session, shown: Shown, *, by: Actor, rehearses: bool = True) -> None:
    """A local session has shown a second factor: that is a rehearsal, and where the IdP is required it is break-glass."""
    theirs = _counting().where(Membership.user_id == session.user_id)
    for row in db.session.scalars(theirs).all():
        if rehearses and session.method in REHEARSING and shown.factor is not Factor.RECOVERY_CODE:
            _rehearse(row, shown, by)
        if organizations.requires_sso(row.membership.organization):
            row.used_at = now()
            _tell_owners(row, session, by)


def lapse(user: User, factor_id: uuid.UUID, *, by: Actor) -> None:
    """A factor goes, and with it what was rehearsed with it; `LastWayBackIn` where an organization needs that."""
    gone = sa.select(BreakGlassOwner).join(BreakGlassOwner.membership)
    gone = gone.where(Membership.user_id == user.id, BreakGlassOwner.factor_id == factor_id)
    for row in db.session.scalars(gone).all():
        _keep_a_way_back(row, by)
        row.lapse()
        events.record("break_glass_owner.lapsed", row.organization_id, row.membership, by=by)


def last_used(organization: Organization) -> BreakGlassOwner | None:
    """The latest time somebody came in beside the IdP, whoever they are now."""
    used = sa.select(BreakGlassOwner).where(BreakGlassOwner.organization_id == organization.id)
    return db.session.scalars(
        used.where(BreakGlassOwner.used_at.is_not(None)).order_by(BreakGlassOwner.used_at.desc()).limit(1)
    ).first()


def owners(organization: Organization) -> Sequence[tuple[Membership, BreakGlassOwner | None]]:
    """The active ones, by name, each with what they keep."""
    named = sa.and_(
        BreakGlassOwner.organization_id == Membership.organization_id, BreakGlassOwner.membership_id == Membership.id
    )
    found = sa.select(Membership, BreakGlassOwner).outerjoin(BreakGlassOwner, named)
    found = found.options(lazyload(Membership.roles), lazyload(BreakGlassOwner.membership))
    held = found.where(Membership.organization_id == organization.id, *_owning())
    return [(row[0], row[1]) for row in db.session.execute(held.order_by(Membership.name, Membership.id))]


def _rehearse(row: BreakGlassOwner, shown: Shown, by: Actor) -> None:
    row.rehearsed_at, row.factor, row.factor_id = now(), shown.factor, shown.id
    events.record("break_glass_owner.rehearsed", row.organization_id, row.membership, by=by, factor=shown.factor.value)


def _keep_a_way_back(row: BreakGlassOwner, by: Actor) -> None:
    """The operator, who can lead a company back in by other means, may also take the last one."""
    organization = row.membership.organization
    if by.door is Door.CONSOLE or not row.rehearsed or not organizations.requires_sso(organization):
        return
    organizations.lock(organization)
    if not any(other.rehearsed for other in listed(organization) if other.id != row.id):
        raise LastWayBackIn(organization.name)


def _tell_owners(row: BreakGlassOwner, session: Session, by: Actor) -> None:
    organization = row.membership.organization
    events.record(
        "session.break_glass", organization, session.user, by=by, method=session.method.value,
        factor=session.second_factor.value if session.second_factor else "", session_id=str(session.id),
    )  # fmt: skip
    audience.tell(audience.owners(organization.id), partial(_came_in, organization, session))


def _came_in(organization: Organization, session: Session) -> tuple[str, str]:
    person, name = session.user.label, organization.name
    subject = _("%(person)s came into %(organization)s beside single sign-on", person=person, organization=name)
    return subject, _(
        "%(organization)s requires single sign-on. As a break-glass owner, %(person)s (%(email)s) has just signed in another "
        "way: %(way)s, from %(address)s.\n\n"
        "If that was planned, there is nothing to do. If not, end the session and change who may do so:\n\n%(url)s\n",
        organization=name, person=person, email=session.user.email, way=session.method.words,
        address=session.address or _("an unknown address"),
        url=f"{current().public_url}/organizations/{organization.slug}/sign-in-policy",
    )  # fmt: skip


def _asked_to_rehearse(membership: Membership, by: Actor) -> tuple[str, str]:
    organization = membership.organization
    subject = _("You keep the way back into %(organization)s", organization=organization.name)
    return subject, _(
        "%(who)s named you a break-glass owner of %(organization)s: if its identity provider fails, you come in with a "
        "passkey, or with your password and a code. Set one up and rehearse it once:\n\n%(url)s\n",
        who=by.label or _("Somebody"), organization=organization.name,
        url=f"{current().public_url}/organizations/{organization.slug}/sign-in-policy",
    )  # fmt: skip


def _counting(organization_id: uuid.UUID | None = None) -> "sa.Select[BreakGlassOwner]":
    whole = contains_eager(BreakGlassOwner.membership).lazyload(Membership.roles)
    found = sa.select(BreakGlassOwner).join(BreakGlassOwner.membership).options(whole).where(*_owning())
    return found.where(BreakGlassOwner.organization_id == organization_id) if organization_id else found


def _owning() -> tuple[sa.ColumnElement[bool], ...]:
    """That a membership is an active owner's."""
    held = sa.exists().where(
        MembershipRole.organization_id == Membership.organization_id,
        MembershipRole.membership_id == Membership.id, MembershipRole.role_id == Role.id, Role.key == OWNER,
    )  # fmt: skip
    return Membership.status == Status.ACTIVE, held
