"""Roles that follow from a directory's groups: the first matching rule wins, everybody else has the default role."""

import uuid
from collections.abc import Sequence

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
from portal.organizations import members
from portal.organizations.actors import Actor

CHUNK = 400


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
        for membership, role in differing:
            if membership.is_owner:
                _give(membership, role, by)
        members.set_roles([pair for pair in differing if not pair[0].is_owner], by=by)


def has_rules(directory: Directory) -> bool:
    rule = sa.select(GroupRole.id).where(
        GroupRole.organization_id == directory.organization_id, GroupRole.directory_id == directory.id
    )
    return db.session.scalars(rule.limit(1)).first() is not None


def default_role(directory: Directory) -> Role:
    return directory.organization.default_role


def _differing(directory: Directory, touched: Sequence[uuid.UUID] | None) -> list[tuple[Membership, Role]]:
    """Those whose role is another than the rules say, or not the only one; found by one statement."""
    wanted = _wanted_role(directory)
    holds = sa.exists().where(
        MembershipRole.organization_id == Membership.organization_id,
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role_id == wanted,
    )
    others = sa.exists().where(
        MembershipRole.organization_id == Membership.organization_id,
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role_id != wanted,
        MembershipRole.role_id == Role.id,
        ~Role.internal,
    )
    query = (
        sa.select(Membership, wanted)
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
            sa.or_(~holds, others),
        )
    )
    if touched is not None:
        query = query.where(DirectoryUser.id.in_(touched))
    known = {role.id: role for role in db.session.scalars(sa.select(Role))}
    return [(membership, known[role_id]) for membership, role_id in db.session.execute(query).unique()]


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
