"""Why somebody has the role they have, and what a change of the rules would do: asked before, and said in words."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    OWNER,
    Directory,
    DirectoryGroup,
    DirectoryGroupMember,
    DirectoryUser,
    Event,
    GroupRole,
    Membership,
    MembershipRole,
    Role,
    Status,
)
from portal.organizations import group_roles, managed, members
from portal.words import _, day, ngettext

Rules = Sequence[tuple[DirectoryGroup, Role]]


@dataclass(frozen=True)
class Explanation:
    """`source`: `rule` (the `position`-th of `of`), `default`, or `hand`. `otherwise` is what the rules would give if the
    person left the group; `because` says the rest in words."""

    roles: list[Role]
    source: str
    because: str
    group: DirectoryGroup | None = None
    position: int = 0
    of: int = 0
    otherwise: Role | None = None

    @property
    def words(self) -> str:
        """“Admin, because group Eng-Admins, rule 2 of 5; would be Member if removed from it”."""
        held = _listed(self.roles) or _("No role")
        if self.otherwise is None:
            return _("%(roles)s, because %(because)s.", roles=held, because=self.because)
        return _(
            "%(roles)s, because %(because)s; would be %(otherwise)s if removed from it.",
            roles=held, because=self.because, otherwise=self.otherwise.label,
        )  # fmt: skip


def explain(membership: Membership) -> Explanation:
    directory = managed.directory_of(membership) if managed.decides_roles(membership) else None
    if directory is None:
        return _by_hand(membership)
    rules, inside = _rules(directory), _groups_of(directory, membership)
    matching = [(number, role, group) for number, (role, group) in enumerate(rules, 1) if group.id in inside]
    default = group_roles.default_role(directory)
    wanted = matching[0][1] if matching else default
    if membership.is_owner and wanted.key != OWNER and not members.other_owners(membership):
        because = _(
            "an organization keeps its last owner; the rules of “%(directory)s” would give %(role)s",
            directory=directory.name, role=wanted.label,
        )  # fmt: skip
        return Explanation(membership.roles, "hand", because)
    if not matching:
        because = ngettext(
            "none of the %(num)s group rules applies: it is the default",
            "none of the %(num)s group rules applies: it is the default", len(rules),
        )  # fmt: skip
        return Explanation(membership.roles, "default", because)
    number, _role, group = matching[0]
    otherwise = matching[1][1] if len(matching) > 1 else default
    because = _(
        "group %(group)s, rule %(number)s of %(count)s", group=group.display_name, number=number, count=len(rules)
    )
    return Explanation(membership.roles, "rule", because, group, number, len(rules), otherwise)


@dataclass(frozen=True)
class Change:
    """One member whose roles would be others."""

    membership_id: uuid.UUID
    name: str
    email: str
    before: str
    after: str


def what_if(directory: Directory, rules: Rules) -> list[Change]:
    """Whom these rules, in this order, would give another role: the dry run. Without any rule, people keep what they have."""
    if not rules:
        return []
    known = {role.id: role for role in db.session.scalars(sa.select(Role))}
    held, default = _held(directory), group_roles.default_role(directory)
    last = _last_owner(directory)
    changes = []
    for row in db.session.execute(_people(directory, rules)):
        role = rules[row.position][1] if row.position is not None else default
        before = [known[one] for one in held.get(row.id, []) if not known[one].internal]
        if before != [role] and not (row.id == last and role.key != OWNER):
            said = _listed(before) or _("no role")
            changes.append(Change(row.id, row.name or row.email, row.email, said, role.label))
    return changes


def _by_hand(membership: Membership) -> Explanation:
    """Who gave it, as the events say."""
    about = sa.select(Event).where(
        Event.organization_id == membership.organization_id,
        Event.subject_id == membership.id,
        Event.name.in_(("member.role_changed", "member.added")),
    )
    event = db.session.scalars(about.order_by(Event.id.desc()).limit(1)).first()
    if event is None:
        return Explanation(membership.roles, "hand", _("it was given here"))
    words = {"sso": _("they came through single sign-on"), "invitation": _("they were invited with it")}
    source = membership.source.value if event.name == "member.added" else ""
    because = words.get(source) or _(
        "%(who)s gave it on %(day)s", who=event.actor_label or _("somebody"), day=day(event.at)
    )
    return Explanation(membership.roles, "hand", because)


def _listed(held: Sequence[Role]) -> str:
    """“Admin and Member”."""
    said = [role.label for role in held]
    return reduce(lambda one, other: _("%(one)s and %(other)s", one=one, other=other), said) if said else ""


def _rules(directory: Directory) -> list[tuple[Role, DirectoryGroup]]:
    """In order of precedence."""
    same = sa.and_(DirectoryGroup.id == GroupRole.group_id, DirectoryGroup.organization_id == GroupRole.organization_id)
    found = (
        sa.select(Role, DirectoryGroup)
        .join(GroupRole, Role.id == GroupRole.role_id)
        .join(DirectoryGroup, same)
        .where(GroupRole.organization_id == directory.organization_id, GroupRole.directory_id == directory.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(found.order_by(GroupRole.position))]


def _groups_of(directory: Directory, membership: Membership) -> set[uuid.UUID]:
    person = managed.person_of(directory, membership)
    theirs = sa.select(DirectoryGroupMember.group_id).where(
        DirectoryGroupMember.organization_id == membership.organization_id,
        DirectoryGroupMember.directory_user_id == (person.id if person else None),
    )
    return set(db.session.scalars(theirs))


def _people(directory: Directory, rules: Rules) -> "sa.Select[uuid.UUID, str, str, int | None]":
    """The active members that the directory knows, each with the number of the rule that wins."""
    numbers = {group.id: number for number, (group, _role) in enumerate(rules)}
    strongest = (
        sa.select(sa.func.min(sa.case(numbers, value=DirectoryGroupMember.group_id)))
        .where(
            DirectoryGroupMember.organization_id == DirectoryUser.organization_id,
            DirectoryGroupMember.directory_user_id == DirectoryUser.id,
            DirectoryGroupMember.group_id.in_(numbers),
        )
        .correlate(DirectoryUser)
        .scalar_subquery()
    )
    same = sa.and_(
        DirectoryUser.membership_id == Membership.id, DirectoryUser.organization_id == Membership.organization_id
    )
    return (
        sa.select(Membership.id, Membership.name, Membership.email, strongest.label("position"))
        .join(DirectoryUser, same)
        .where(DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id)
        .where(Membership.status == Status.ACTIVE)
        .order_by(Membership.id)
    )


def _held(directory: Directory) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    held: dict[uuid.UUID, list[uuid.UUID]] = {}
    rows = sa.select(MembershipRole.membership_id, MembershipRole.role_id)
    for membership_id, role_id in db.session.execute(
        rows.where(MembershipRole.organization_id == directory.organization_id)
    ):
        held.setdefault(membership_id, []).append(role_id)
    return held


def _last_owner(directory: Directory) -> uuid.UUID | None:
    """The only active owner, whom no rule takes away."""
    owners = db.session.scalars(members.owners_of(directory.organization_id).limit(2)).all()
    return owners[0] if len(owners) == 1 else None
