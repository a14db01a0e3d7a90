"""Roles that follow from a directory's groups: the first matching rule wins, everybody else has the default role."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.extensions import db
from portal.models import (
    OWNER,
    Directory,
    DirectoryGroupMember,
    DirectoryUser,
    GroupRole,
    Membership,
    MembershipRole,
    Role,
    Status,
)
from portal.models.engine import among
from portal.organizations import members
from portal.organizations.actors import Actor

CHUNK = 1_000


def role_for(directory: Directory, person: DirectoryUser) -> Role:
    """The role a newcomer gets."""
    won = db.session.scalar(sa.select(Role).where(Role.id == _won(directory, person.id).scalar_subquery()))
    return won or default_role(directory)


def apply_to(directory: Directory, membership: Membership, person: DirectoryUser, *, by: Actor) -> None:
    """An adopted or returning member: without any rule, they keep the roles they had."""
    if has_rules(directory):
        _give(membership, role_for(directory, person), by)


def recompute(directory: Directory, touched: Sequence[uuid.UUID] | None, *, by: Actor) -> None:
    """`touched` are ids of DirectoryUsers; None means everybody. Only those whose role differs cost a write."""
    chunks = (
        [touched[start : start + CHUNK] for start in range(0, len(touched), CHUNK)] if touched is not None else [None]
    )
    for chunk in chunks:
        differing = _differing(directory, chunk)
        owners = {member.id: role for member, role in differing if member.is_owner}
        for membership in _memberships(directory, owners):
            _give(membership, owners[membership.id], by)
        if others := [(member, [role, *member.internal]) for member, role in differing if not member.is_owner]:
            members.set_roles(directory.organization_id, others, by=by)


@dataclass(frozen=True)
class Holder:
    """A member as one row: enough to give them another role and to tell of it."""

    id: uuid.UUID
    user_id: uuid.UUID
    email: str
    name: str
    roles: tuple[Role, ...]

    @property
    def label(self) -> str:
        return self.name or self.email

    @property
    def is_owner(self) -> bool:
        return any(role.key == OWNER for role in self.roles)

    @property
    def internal(self) -> list[Role]:
        """What the application's staff gave, only they take away."""
        return [role for role in self.roles if role.internal]


def wanted(directory: Directory) -> Mapping[uuid.UUID, Role]:
    """The role the rules give to each person of the directory, by the person's id; empty without any rule."""
    if not has_rules(directory):
        return {}
    known = {role.id: role for role in db.session.scalars(sa.select(Role))}
    ours = (DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id)
    rows = db.session.execute(sa.select(DirectoryUser.id, _wanted_role(directory)).where(*ours))
    return {person_id: known[role_id] for person_id, role_id in rows}


def takes_the_last_owner(membership: Membership, role: Role) -> bool:
    """Who leads a company is not decided by a missing group."""
    return membership.is_owner and role.key != OWNER and not members.other_owners(membership)


def has_rules(directory: Directory) -> bool:
    rule = sa.select(GroupRole.id).where(
        GroupRole.organization_id == directory.organization_id, GroupRole.directory_id == directory.id
    )
    return db.session.scalars(rule.limit(1)).first() is not None


def default_role(directory: Directory) -> Role:
    return directory.organization.default_role


def _memberships(directory: Directory, ids: Collection[uuid.UUID]) -> Sequence[Membership]:
    ours = directory.organization.memberships.select().where(Membership.id.in_(ids))
    return db.session.scalars(ours).all() if ids else ()


def _differing(directory: Directory, touched: Sequence[uuid.UUID] | None) -> list[tuple[Holder, Role]]:
    """Those whose role is another than the rules say, or not the only one; found by one statement."""
    known = {role.id: role for role in db.session.scalars(sa.select(Role))}
    differ, wanted = _differ(directory, known.values()), _wanted_role(directory)
    query = (
        sa.select(Membership.id, Membership.user_id, Membership.email, Membership.name, _all_held(), wanted)
        .join(
            DirectoryUser,
            sa.and_(
                DirectoryUser.membership_id == Membership.id,
                DirectoryUser.organization_id == Membership.organization_id,
            ),
        )
        .where(
            DirectoryUser.organization_id == directory.organization_id,
            DirectoryUser.directory_id == directory.id,
            Membership.status == Status.ACTIVE,
            differ,
        )
    )
    if touched is not None:
        query = query.where(among(DirectoryUser.__table__.c.id, touched))
    return [
        (Holder(*row[:4], roles=tuple(known[uuid.UUID(one)] for one in (row[4] or "").split())), known[row[5]])
        for row in db.session.execute(query)
    ]


def _differ(directory: Directory, known: Iterable[Role]) -> sa.ColumnElement[bool]:
    """With EXISTS in place of these two, PostgreSQL reads the roles of everybody to answer for a few."""
    wanted, internal = _wanted_role(directory), [role.id for role in known if role.internal]
    other = MembershipRole.role_id != wanted, MembershipRole.role_id.not_in(internal)
    return sa.or_(_held(MembershipRole.role_id == wanted).is_(None), _held(*other).is_not(None))


def _held(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[uuid.UUID]:
    """One such role of the member, or nothing."""
    return sa.select(MembershipRole.role_id).where(*_theirs(), *which).limit(1).scalar_subquery()


def _all_held() -> sa.ColumnElement[str]:
    written = sa.cast(MembershipRole.role_id, sa.String())
    return sa.select(sa.func.aggregate_strings(written, " ")).where(*_theirs()).scalar_subquery()


def _theirs() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        MembershipRole.organization_id == Membership.organization_id, MembershipRole.membership_id == Membership.id,
    )  # fmt: skip


def _won(directory: Directory, person: uuid.UUID | InstrumentedAttribute[uuid.UUID]) -> sa.Select[uuid.UUID]:
    """The role of the first rule that one of somebody's groups has; nothing where none does."""
    return (
        sa.select(GroupRole.role_id)
        .join(
            DirectoryGroupMember,
            sa.and_(
                DirectoryGroupMember.group_id == GroupRole.group_id,
                DirectoryGroupMember.organization_id == GroupRole.organization_id,
            ),
        )
        .where(
            GroupRole.organization_id == directory.organization_id,
            GroupRole.directory_id == directory.id,
            DirectoryGroupMember.directory_user_id == person,
        )
        .order_by(GroupRole.position)
        .limit(1)
    )


def _wanted_role(directory: Directory) -> sa.ColumnElement[uuid.UUID]:
    won = _won(directory, DirectoryUser.id).correlate(DirectoryUser).scalar_subquery()
    default = sa.literal(directory.organization.default_role_id, sa.Uuid)
    return sa.func.coalesce(won, default, type_=sa.Uuid)


def _give(membership: Membership, role: Role, by: Actor) -> None:
    """A rule never takes the last owner's role silently."""
    if takes_the_last_owner(membership, role):
        return
    members.set_role(membership, role, by=by)
