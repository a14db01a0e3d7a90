"""Adding, changing and removing members: the one way in, for every door.

The account page, a SAML sign-in and SCIM all call these verbs, so the rules (seats, last owner, one membership per
person) and the trace (one event) cannot differ between them.
"""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal.extensions import db
from portal.models import OWNER, Ending, Membership, MembershipRole, Organization, Role, Source, Status, User
from portal.models.base import key, now
from portal.models.engine import among, insert_new, insert_rows, loaded
from portal.organizations import departures, events, managed, organizations, receipts, roles, vacancies
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import AlreadyMember, LastOwner, ManagedByDirectory, NoFreeSeat

CHOSEN = frozenset({Door.ACCOUNT, Door.API, Door.STAFF})
"""Through these somebody chooses a role; elsewhere it follows from what was chosen before."""


def add(
    organization: Organization, user: User, *, by: Actor, role: Role, source: Source = Source.MANUAL, **profile: str
) -> Membership:
    """`profile` may hold `email` and `name`; the person's own are taken otherwise."""
    if by.door in CHOSEN:
        roles.require_givable(role, organization, by=by)
    _take_seat(organization)
    membership = Membership(
        organization_id=organization.id,
        user_id=user.id,
        source=source,
        profile={},
        email=profile.get("email") or user.email,
        name=profile.get("name") or user.name,
    )
    if not insert_new(membership):
        raise AlreadyMember
    insert_rows(MembershipRole, [_role_of(organization.id, membership.id, role)])
    set_committed_value(membership, "user", user)
    set_committed_value(membership, "roles", [role])
    events.record("member.added", organization, membership, by=by, source=source.value, role=role.key)
    return membership


def find(organization: Organization | uuid.UUID, user: User) -> Membership | None:
    organization_id = organization.id if isinstance(organization, Organization) else organization
    return db.session.scalars(
        sa.select(Membership).where(Membership.organization_id == organization_id, Membership.user_id == user.id)
    ).one_or_none()


def get(organization: Organization, membership_id: uuid.UUID) -> Membership | None:
    return db.session.scalars(organization.memberships.select().where(Membership.id == membership_id)).one_or_none()


def listed(
    organization: Organization, *, search: str = "", after: uuid.UUID | None = None, limit: int = 50
) -> Sequence[Membership]:
    """Members who are active or suspended, in the order they joined; `after` is the id of the last one seen."""
    found = (
        organization.memberships.select()
        .where(Membership.status != Status.REMOVED)
        .order_by(Membership.id)
        .limit(limit)
    )
    if after:
        found = found.where(Membership.id > after)
    return db.session.scalars(found.where(_like(search))).all()


def active_ones(organization: Organization, *, search: str = "", limit: int = 50) -> Sequence[Membership]:
    found = organization.memberships.select().where(Membership.status == Status.ACTIVE, _like(search))
    return db.session.scalars(found.order_by(Membership.name, Membership.id).limit(limit)).all()


def change(membership: Membership, *, by: Actor, **profile: str) -> set[str]:
    """Take `name` and `email` of this membership; returns the names of what changed."""
    changed = {name for name, value in profile.items() if getattr(membership, name) != value}
    for name in changed:
        setattr(membership, name, profile[name])
    if changed:
        membership.changed_at = now()
        events.record("member.changed", membership.organization_id, membership, by=by, fields=sorted(changed))
    return changed


def suspend(membership: Membership, *, by: Actor, confirmed: bool = False) -> None:
    """Nothing is lost: the same membership comes back with `restore`. One of many whom a directory takes away at once may
    stay active until somebody confirms (see `departures`)."""
    if membership.status is not Status.ACTIVE:
        membership.suspended_by_directory |= by.is_directory
        return
    _keep_an_owner(membership, by)
    if not (confirmed or departures.allow(membership, Ending.SUSPENDED, by=by)):
        return
    membership.status, membership.suspended_by_directory = Status.SUSPENDED, by.is_directory
    _end(membership, "member.suspended", by)


def restore(membership: Membership, *, by: Actor) -> None:
    if membership.status is Status.ACTIVE:
        return
    if membership.suspended_by_directory and not by.is_directory:
        raise ManagedByDirectory
    bring_back(membership, by=by)


def bring_back(membership: Membership, *, by: Actor) -> None:
    """Whoever ended the access; for a batch that was a mistake (see `batches`)."""
    if membership.status is Status.REMOVED:
        _take_seat_for(membership)
    membership.status, membership.suspended_by_directory, membership.ended_at = Status.ACTIVE, False, None
    membership.changed_at = now()
    events.record("member.restored", membership.organization_id, membership, by=by)


def remove(membership: Membership, *, by: Actor, confirmed: bool = False) -> None:
    if membership.status is Status.REMOVED:
        return
    _keep_an_owner(membership, by)
    asks = membership.active and not confirmed
    if asks and not departures.allow(membership, Ending.REMOVED, by=by):
        return
    membership.status, membership.suspended_by_directory = Status.REMOVED, by.is_directory
    _end(membership, "member.removed", by)


def set_role(membership: Membership, role: Role, *, by: Actor) -> bool:
    """The one role the person now has; true when that changed something."""
    return give_roles(membership, [role], by=by)


def give_roles(membership: Membership, wanted: Sequence[Role], *, by: Actor) -> bool:
    """All the roles the person now has. By hand, where neither a directory nor the plan has a say in it; what the
    application's staff gave, only they take away."""
    if by.door in CHOSEN:
        _require_givable(membership, wanted, by)
    if by.door not in roles.OF_STAFF:
        wanted = [*wanted, *(role for role in membership.roles if role.internal and role not in wanted)]
    if {held.id for held in membership.roles} == {role.id for role in wanted}:
        return False
    if all(role.key != OWNER for role in wanted):
        _keep_an_owner(membership, by)
    set_roles(membership.organization_id, [(membership, sorted(wanted, key=lambda role: -role.rank))], by=by)
    return True


def set_roles(organization_id: uuid.UUID, pairs: Sequence[tuple[events.Member, Sequence[Role]]], *, by: Actor) -> None:
    """Many people of one organization at once, each with exactly the roles they now have, the highest first. Owners go through
    `set_role`."""
    theirs = among(MembershipRole.__table__.c.membership_id, [member.id for member, _ in pairs])
    db.session.execute(sa.delete(MembershipRole).where(MembershipRole.organization_id == organization_id, theirs))
    rows = [_role_of(organization_id, member.id, role) for member, given in pairs for role in given]
    insert_rows(MembershipRole, rows)
    for member, given in pairs:
        if membership := loaded(Membership, member.id):
            set_committed_value(membership, "roles", list(given))
    events.record_members("member.role_changed", organization_id, [_changed(*pair) for pair in pairs], by=by)


def _changed(member: events.Member, given: Sequence[Role]) -> tuple[events.Member, dict[str, object]]:
    return member, {"role": given[0].key, "roles": [role.key for role in given]}


def _require_givable(membership: Membership, wanted: Sequence[Role], by: Actor) -> None:
    held = {role.id for role in membership.roles}
    for role in wanted:
        if role.id not in held:
            roles.require_givable(role, membership.organization, by=by)
    if by.door is not Door.STAFF and managed.decides_roles(membership):
        raise ManagedByDirectory


def other_owners(membership: Membership) -> int:
    """Active owners besides this one."""
    others = owners_of(membership.organization_id).where(Membership.id != membership.id).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(others)) or 0


def has_owner(organization: Organization) -> bool:
    return db.session.scalars(owners_of(organization.id).limit(1)).first() is not None


def owners_of(organization_id: uuid.UUID) -> "sa.Select[uuid.UUID]":
    """The ids of the active ones."""
    holds = sa.and_(
        MembershipRole.organization_id == Membership.organization_id, MembershipRole.membership_id == Membership.id
    )
    return (
        sa.select(Membership.id)
        .join(MembershipRole, holds)
        .join(Role, Role.id == MembershipRole.role_id)
        .where(Membership.organization_id == organization_id, Membership.status == Status.ACTIVE, Role.key == OWNER)
    )


def _like(search: str) -> sa.ColumnElement[bool]:
    search = search.replace("\x00", "")  # PostgreSQL knows no such character
    if not search:
        return sa.true()
    return sa.or_(
        sa.func.lower(Membership.name).contains(search.lower(), autoescape=True),
        sa.func.lower(Membership.email).contains(key(search), autoescape=True),
    )


def _end(membership: Membership, name: str, by: Actor) -> None:
    membership.ended_at = membership.changed_at = now()
    receipts.leave(membership, name, by=by)
    if membership.is_owner and not other_owners(membership):
        vacancies.announce(membership, by=by)


def _keep_an_owner(membership: Membership, by: Actor) -> None:
    """By hand the last owner cannot be taken away; the directory's word is final (design.md §3)."""
    if by.is_directory or not (membership.active and membership.is_owner):
        return
    organizations.lock(membership.organization)
    if not other_owners(membership):
        raise LastOwner


def _take_seat_for(membership: Membership) -> None:
    _take_seat(membership.organization)


def _take_seat(organization: Organization) -> None:
    if organization.seats is None:
        return
    organizations.lock(organization)
    if organizations.count_members(organization) >= organization.seats:
        raise NoFreeSeat


def _role_of(organization_id: uuid.UUID, membership_id: uuid.UUID, role: Role) -> dict[str, object]:
    return {"organization_id": organization_id, "membership_id": membership_id, "role_id": role.id}
