"""How many people something concerns: the groups of a directory, the rules over them, switching sign-in on."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    OWNER,
    Applied,
    Directory,
    DirectoryGroup,
    DirectoryGroupMember,
    DirectoryUser,
    Domain,
    GroupRole,
    Invitation,
    Membership,
    MembershipRole,
    Organization,
    Role,
    Session,
    Status,
    User,
)
from portal.models.base import now


@dataclass(frozen=True)
class Received:
    """What a directory holds. `basis` names all that a preview depends on: it changes with every person or group that comes or
    goes, and with the rules that give roles."""

    people: int
    groups: int
    applied: int
    waiting: int
    conflicts: int
    in_review: int
    held: int
    basis: str


NOTHING = Received(0, 0, 0, 0, 0, 0, 0, "")


def received(directory: Directory) -> Received:
    ours = (DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id)
    theirs = (DirectoryGroup.organization_id == directory.organization_id, DirectoryGroup.directory_id == directory.id)
    groups = sa.select(sa.func.count(), sa.func.max(DirectoryGroup.changed_at)).where(*theirs).subquery("g")
    states = [sa.func.count().filter(DirectoryUser.applied == state) for state in Applied]
    row = db.session.execute(
        sa.select(
            sa.func.count(DirectoryUser.id),
            sa.func.max(DirectoryUser.changed_at),
            *states,
            groups.c[0],
            groups.c[1],
            _rules(directory),
        )
        .select_from(sa.join(groups, DirectoryUser, sa.and_(*ours), isouter=True))
        .group_by(groups.c[0], groups.c[1])
    ).one()
    people, changed, waiting, applied, conflicts, review, held, count, groups_changed, rules = tuple(row)
    default = directory.organization.default_role_id.hex[-8:]
    basis = f"{people}.{_stamp(changed)}.{count}.{_stamp(groups_changed)}.{(rules or '')[-12:]}.{default}"
    return Received(people, count, applied, waiting, conflicts, review, held, basis)


def _rules(directory: Directory) -> "sa.ScalarSelect[str]":
    """The newest rule: rules are made anew whenever one of them changes."""
    ours = (GroupRole.organization_id == directory.organization_id, GroupRole.directory_id == directory.id)
    return sa.select(sa.func.max(sa.cast(GroupRole.id, sa.String))).where(*ours).scalar_subquery()


def by_group(directory: Directory) -> Mapping[uuid.UUID, int]:
    """Active people per group."""
    rows = db.session.execute(
        _people_in_groups(directory, DirectoryGroupMember.group_id).group_by(DirectoryGroupMember.group_id)
    )
    return {row[0]: row[1] for row in rows}


def by_rule(directory: Directory) -> Mapping[uuid.UUID, int]:
    """Active people who get their role from the rule of this group: the strongest of theirs wins."""
    strongest = (
        sa.select(DirectoryGroupMember.directory_user_id, sa.func.min(GroupRole.position).label("position"))
        .join(DirectoryUser, _same(DirectoryUser.id, DirectoryGroupMember.directory_user_id))
        .join(GroupRole, _same(GroupRole.group_id, DirectoryGroupMember.group_id))
        .where(GroupRole.organization_id == directory.organization_id, GroupRole.directory_id == directory.id)
        .where(DirectoryUser.active)
        .group_by(DirectoryGroupMember.directory_user_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(GroupRole.group_id, sa.func.count())
        .join(strongest, strongest.c.position == GroupRole.position)
        .where(GroupRole.organization_id == directory.organization_id, GroupRole.directory_id == directory.id)
        .group_by(GroupRole.group_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Reach:
    """Whom switching sign-in on concerns."""

    members: int
    in_domains: int
    owners_with_password: int
    sessions: int
    invitations: int

    @property
    def outside(self) -> int:
        return self.members - self.in_domains


def reach(organization: Organization) -> Reach:
    active = (Membership.organization_id == organization.id, Membership.status == Status.ACTIVE)
    members = sa.select(sa.func.count()).select_from(Membership).where(*active)
    verified = sa.exists().where(
        Domain.organization_id == organization.id,
        Domain.verified_at.is_not(None),
        User.email_key.endswith(sa.literal("@") + Domain.name),
    )
    within = members.join(User, User.id == Membership.user_id).where(verified)
    counts = [members, within, _owners(organization), _sessions(organization), _invitations(organization)]
    return Reach(*db.session.execute(sa.select(*(count.scalar_subquery() for count in counts))).one())


def _owners(organization: Organization) -> "sa.Select[int]":
    return (
        sa.select(sa.func.count(sa.distinct(Membership.id)))
        .join(User, User.id == Membership.user_id)
        .join(MembershipRole, _same(MembershipRole.membership_id, Membership.id))
        .join(Role, Role.id == MembershipRole.role_id)
        .where(Membership.organization_id == organization.id, Membership.status == Status.ACTIVE)
        .where(Role.key == OWNER, User.password_hash.is_not(None))
    )


def _sessions(organization: Organization) -> "sa.Select[int]":
    return (
        sa.select(sa.func.count(Session.id))
        .join(Membership, Membership.user_id == Session.user_id)
        .where(Membership.organization_id == organization.id, Session.revoked_at.is_(None), Session.expires_at > now())
    )


def _invitations(organization: Organization) -> "sa.Select[int]":
    open_still = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now())
    return sa.select(sa.func.count(Invitation.id)).where(Invitation.organization_id == organization.id, *open_still)


def _people_in_groups(
    directory: Directory, what: "sa.orm.InstrumentedAttribute[uuid.UUID]"
) -> "sa.Select[uuid.UUID, int]":
    return (
        sa.select(what, sa.func.count())
        .join(DirectoryUser, _same(DirectoryUser.id, DirectoryGroupMember.directory_user_id))
        .where(DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id)
        .where(DirectoryUser.active)
    )


def _same(
    left: "sa.orm.InstrumentedAttribute[uuid.UUID]", right: "sa.orm.InstrumentedAttribute[uuid.UUID]"
) -> sa.ColumnElement[bool]:
    """Rows of one tenant only: the organization is part of every key (design.md §8.6)."""
    return sa.and_(left == right, left.class_.organization_id == right.class_.organization_id)


def _stamp(at: object) -> str:
    return "".join(letter for letter in str(at or "") if letter.isdigit())
