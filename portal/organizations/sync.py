"""Bringing memberships in line with what the IdP says: one person, a group's change, or everybody (design.md §3).

The same decision serves the preview and the deed, so that what the admin was shown is what happens.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Applied, Deletion, Directory, DirectoryUser, Membership, Role, Source, Status, User
from portal.organizations import deletions, group_roles, members, people, profiles, users
from portal.organizations.actors import Actor
from portal.organizations.people import Decision, Known, Step
from portal.organizations.refusals import AlreadyMember, EmailTaken, NoFreeSeat
from portal.words import kept, noted

HELD = noted("One of many who are leaving at once: stays active until an admin confirms it.")


@dataclass(frozen=True)
class Row:
    """One line of the preview."""

    person: DirectoryUser
    decision: Decision
    role: Role | None = None
    """The role a rule gives, where that is another one than the member has, or a newcomer's."""


def apply_user(directory: Directory, person: DirectoryUser, *, by: Actor) -> None:
    """After one person was made or changed. In any mode but live, nothing is applied and the person waits."""
    if directory.live:
        _apply(directory, person, people.load(directory, [person]), by)
    else:
        person.applied = Applied.WAITING


def retry(directory: Directory, person_id: uuid.UUID | None, *, by: Actor) -> int:
    """Try again what could not be brought in line: one person, or everybody with a problem. How many are in force now."""
    held = sa.select(DirectoryUser).where(
        DirectoryUser.organization_id == directory.organization_id,
        DirectoryUser.directory_id == directory.id,
        DirectoryUser.applied.in_((Applied.CONFLICT, Applied.REVIEW)),
    )
    held = (
        held.where(DirectoryUser.id == person_id) if person_id else held.order_by(DirectoryUser.id).limit(people.CHUNK)
    )
    found = db.session.scalars(held).all()
    for person in found if directory.live else ():
        apply_user(directory, person, by=by)
    return sum(person.applied is Applied.APPLIED for person in found)


def apply_all(directory: Directory, *, by: Actor) -> None:
    for chunk in _in_chunks(directory):
        known = people.load(directory, chunk)
        for person in chunk:
            _apply(directory, person, known, by)
        db.session.flush()
    deletions.settle(directory, by=by)
    apply_group_roles(directory, by=by)


def apply_group_change(
    directory: Directory, touched: Sequence[uuid.UUID], *, by: Actor, rules_changed: bool = False
) -> None:
    """After members were added to or taken from a group: roles of the people touched only."""
    if directory.live and touched and (rules_changed or group_roles.has_rules(directory)):
        group_roles.recompute(directory, touched, by=by)


def apply_group_roles(directory: Directory, *, by: Actor) -> None:
    """After the rules changed: roles of everybody the directory manages. Without any rule, people keep what they have."""
    if directory.live and group_roles.has_rules(directory):
        group_roles.recompute(directory, None, by=by)


def forget_user(directory: Directory, person: DirectoryUser, *, by: Actor) -> None:
    """DELETE: the DirectoryUser goes, the membership is suspended or removed, as the organization chose; where the directory is
    not in force, once it is."""
    membership = _membership(person) if person.membership_id else None
    db.session.delete(person)
    db.session.flush()
    if membership is None:
        return
    if directory.live:
        deletions.see_off(directory.organization, membership, by=by)
    else:
        deletions.note(directory, membership)


def preview(directory: Directory) -> list[Row]:
    """The dry run of the very same function: nothing is changed."""
    rows, roles = [], group_roles.wanted(directory)
    for chunk in _in_chunks(directory):
        known = people.load(directory, chunk)
        for person in chunk:
            decision = people.decide(directory, person, known)
            if decision.step is Step.LINK and decision.membership:
                known.taken.add(decision.membership.id)
            rows.append(Row(person, decision, _new_role(decision, roles.get(person.id))))
    linked = {row.decision.membership.id for row in rows if row.decision.membership}
    return rows + [_leaver(directory, one) for one in deletions.waiting(directory) if one.id not in linked]


def _leaver(directory: Directory, membership: Membership) -> Row:
    """Nothing but the name is left of whom the IdP deleted."""
    person = DirectoryUser(
        organization_id=directory.organization_id, user_name=membership.email, email=membership.email,
        display_name=membership.name, active=False,
    )  # fmt: skip
    return Row(
        person, Decision(Step.SUSPEND, noted("Deleted in the identity provider while syncing was paused."), membership)
    )


def _new_role(decision: Decision, wanted: Role | None) -> Role | None:
    membership = decision.membership
    if wanted is None or not decision.brings_in:
        return None
    return None if membership and wanted in membership.roles else wanted


def untouched(directory: Directory) -> Sequence[Membership]:
    """Active members whom the directory has not named, by link or by e-mail."""
    leaving = sa.select(Deletion.membership_id).where(
        Deletion.organization_id == directory.organization_id, Deletion.directory_id == directory.id
    )
    named = sa.exists().where(
        DirectoryUser.organization_id == Membership.organization_id,
        DirectoryUser.directory_id == directory.id,
        sa.or_(DirectoryUser.membership_id == Membership.id, DirectoryUser.email_key == User.email_key),
    )
    return db.session.scalars(
        directory.organization.memberships.select()
        .join(User, User.id == Membership.user_id)
        .where(Membership.status == Status.ACTIVE, ~named, Membership.id.not_in(leaving))
        .order_by(Membership.id)
    ).all()


def _apply(directory: Directory, person: DirectoryUser, known: Known, by: Actor) -> None:
    decision = people.decide(directory, person, known)
    person.problem = decision.why if decision.step in (Step.CONFLICT, Step.REVIEW) else ""
    try:
        membership = _do(directory, person, decision, known, by)
    except NoFreeSeat as refusal:
        person.applied, person.problem = Applied.CONFLICT, kept(refusal)
        return
    except (EmailTaken, AlreadyMember):  # made by another request since we looked: now it can be seen
        _apply(directory, person, people.load(directory, [person]), by)
        return
    person.applied = people.OUTCOMES.get(decision.step, Applied.APPLIED)
    if membership and membership.active and decision.step is Step.SUSPEND:
        person.applied, person.problem = Applied.HELD, HELD
    if membership:
        person.membership_id = membership.id
        known.taken.add(membership.id)


def _do(directory: Directory, person: DirectoryUser, decision: Decision, known: Known, by: Actor) -> Membership | None:
    if decision.step is Step.CREATE:
        return _create(directory, person, decision, known, by)
    membership = decision.membership
    if membership is None or decision.step is Step.CONFLICT:
        return None
    if decision.step is Step.SUSPEND:
        members.suspend(membership, by=by)
    elif person.active:
        members.restore(membership, by=by)
    if decision.step is not Step.SAME:
        _profile(membership, person, by)
    if decision.step in (Step.LINK, Step.RESTORE):
        group_roles.apply_to(directory, membership, person, by=by)
    return membership


def _create(directory: Directory, person: DirectoryUser, decision: Decision, known: Known, by: Actor) -> Membership:
    organization = directory.organization
    own_domain = users.domain_of(person.email) in known.verified
    user = decision.user or users.create(
        person.email, by=by, name=person.label, verified=own_domain, home=None if own_domain else organization
    )
    in_groups = sa.inspect(person).persistent  # somebody just heard of is in none yet
    role = group_roles.role_for(directory, person) if in_groups else group_roles.default_role(directory)
    membership = members.add(
        organization, user, by=by, role=role, source=Source.DIRECTORY, email=person.email, name=person.label
    )
    known.users.setdefault(person.email_key, []).append(user)
    known.by_user[user.id] = membership
    return membership


def _profile(membership: Membership, person: DirectoryUser, by: Actor) -> None:
    if not profiles.follow(membership, name=person.label, email=person.email, by=by):
        person.problem = noted(
            "Somebody else uses this e-mail address to sign in; the address was changed for this organization only."
        )


def _membership(person: DirectoryUser) -> Membership | None:
    return db.session.scalars(
        sa.select(Membership).where(
            Membership.organization_id == person.organization_id, Membership.id == person.membership_id
        )
    ).one_or_none()


def _in_chunks(directory: Directory) -> Iterator[Sequence[DirectoryUser]]:
    """Everybody of the directory in the order of their ids, a bounded number at a time."""
    last: uuid.UUID | None = None
    while True:
        query = sa.select(DirectoryUser).where(
            DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id
        )
        if last:
            query = query.where(DirectoryUser.id > last)
        chunk = db.session.scalars(query.order_by(DirectoryUser.id).limit(people.CHUNK)).all()
        if chunk:
            yield chunk
        if len(chunk) < people.CHUNK:
            return
        last = chunk[-1].id
