"""Roles that follow from a directory's groups: the first matching rule wins, everybody else has the default role."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

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
    won = db.session.scalars(
        sa.select(Role)
        .join(GroupRole, GroupRole.role_id == Role.id)
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
            DirectoryGroupMember.directory_user_id == person.id,
        )
        .order_by(GroupRole.position)
        .limit(1)
    ).first()
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
        alone = {member.id: role for member, role in differing if member.alone}
        for membership in _memberships(directory, alone):
            _give(membership, alone[membership.id], by)
        if others := [(member, role) for member, role in differing if not member.alone]:
            members.set_roles(directory.organization_id, others, by=by)


@dataclass(frozen=True)
class Holder:
    """A member as one row: enough to give them another role and to tell of it. `alone` are owners and those with an internal
    role, where more is to be thought of."""

    id: uuid.UUID
    user_id: uuid.UUID
    email: str
    name: str
    alone: bool

    @property
    def label(self) -> str:
        return self.name or self.email


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
    roles = {role.id: role for role in db.session.scalars(sa.select(Role))}
    special = [role.id for role in roles.values() if role.key == OWNER or role.internal]
    internal = [role.id for role in roles.values() if role.internal]
    wanted = _wanted_role(directory)
    alone = _held(MembershipRole.role_id.in_(special))
    others = _held(MembershipRole.role_id != wanted, MembershipRole.role_id.not_in(internal))
    query = (
        sa.select(Membership.id, Membership.user_id, Membership.email, Membership.name, alone, wanted)
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
            sa.or_(_held(MembershipRole.role_id == wanted).is_(None), others.is_not(None)),
        )
    )
    if touched is not None:
        query = query.where(among(DirectoryUser.__table__.c.id, touched))
    return [(Holder(*row[:4], alone=row[4] is not None), roles[row[5]]) for row in db.session.execute(query)]


def _held(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[uuid.UUID]:
    """Such a role where the member holds one, else nothing. With EXISTS in its place, PostgreSQL reads the roles of
    everybody to answer for a few."""
    theirs = MembershipRole.organization_id == Membership.organization_id, MembershipRole.membership_id == Membership.id
    return sa.select(MembershipRole.role_id).where(*theirs, *which).limit(1).scalar_subquery()


def _wanted_role(directory: Directory) -> sa.ColumnElement[uuid.UUID]:
    won = (
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
            DirectoryGroupMember.directory_user_id == DirectoryUser.id,
        )
        .order_by(GroupRole.position)
        .limit(1)
        .correlate(DirectoryUser)
        .scalar_subquery()
    )
    default = sa.literal(directory.organization.default_role_id, sa.Uuid)
    return sa.func.coalesce(won, default, type_=sa.Uuid)


def _give(membership: Membership, role: Role, by: Actor) -> None:
    """A rule never takes the last owner's role silently: who leads a company is not decided by a missing group."""
    if membership.is_owner and role.key != OWNER and not members.other_owners(membership):
        return
    members.set_role(membership, role, by=by)
