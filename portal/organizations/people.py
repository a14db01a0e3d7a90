"""Who a directory's person already is here, found for many at once and decided one by one (design.md §3)."""

import enum
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload, selectinload

from portal.extensions import db
from portal.models import Applied, ConnectionIdentity, Directory, DirectoryUser, Domain, Membership, Outsiders, User
from portal.organizations import users
from portal.words import noted

CHUNK = 400
HERE = sa.bindparam("organization", type_=sa.Uuid)


class Step(enum.StrEnum):
    """What bringing one person in line means."""

    CREATE = "create"
    LINK = "link"
    UPDATE = "update"
    SUSPEND = "suspend"
    RESTORE = "restore"
    SAME = "same"
    SKIP = "skip"
    CONFLICT = "conflict"
    REVIEW = "review"


@dataclass(frozen=True)
class Decision:
    """`why` is said to people, in the preview and in the activity log."""

    step: Step
    why: str = ""
    membership: Membership | None = None
    user: User | None = None

    @property
    def brings_in(self) -> bool:
        """The person is an active member afterwards."""
        return self.step in (Step.CREATE, Step.LINK, Step.UPDATE, Step.RESTORE, Step.SAME)


@dataclass
class Known:
    """What the database knows of a batch of people; loaded in two look-ups at most, however many they are."""

    verified: set[str] = field(default_factory=set)
    by_id: dict[uuid.UUID, Membership] = field(default_factory=dict)
    by_stable_id: dict[str, Membership] = field(default_factory=dict)
    users: dict[str, list[User]] = field(default_factory=dict)
    by_user: dict[uuid.UUID, Membership] = field(default_factory=dict)
    taken: set[uuid.UUID] = field(default_factory=set)

    def add(self, user: User, membership: Membership | None, stable_id: str | None, *, linked: bool) -> None:
        namesakes = self.users.setdefault(user.email_key, [])
        if user not in namesakes:
            namesakes.append(user)
        if membership:
            self.by_user[user.id] = membership
            if stable_id:
                self.by_stable_id[stable_id] = membership
            if linked:
                self.taken.add(membership.id)


def load(directory: Directory, people: Sequence[DirectoryUser]) -> Known:
    """At most `CHUNK` people: the number of bound values is limited."""
    known = Known()
    _load_linked(directory, people, known)
    strangers = [person for person in people if person.membership_id is None]
    if strangers:
        _load_strangers(directory, strangers, known)
    return known


def decide(directory: Directory, person: DirectoryUser, known: Known) -> Decision:
    """The same function for the preview and for the deed."""
    membership = known.by_id.get(person.membership_id) if person.membership_id else None
    if membership:
        return _for_member(person, membership)
    if not person.email:
        return Decision(Step.CONFLICT, noted("The identity provider sends no e-mail address for this person."))
    if not users.is_address(person.email):
        return Decision(
            Step.CONFLICT, noted("What the identity provider sends as this person’s e-mail address is not one.")
        )
    if membership := _existing(person, known):
        return _adopt(person, membership, known)
    if not person.active:
        return Decision(Step.SKIP, noted("Inactive in the identity provider and unknown here: nothing to do."))
    return _newcomer(directory, person, known)


def _for_member(person: DirectoryUser, membership: Membership) -> Decision:
    if membership.active and not person.present:
        return Decision(Step.SUSPEND, noted("Inactive in the identity provider."), membership)
    if person.active and not membership.active:
        return Decision(Step.RESTORE, noted("Active again in the identity provider."), membership)
    same = (membership.name, membership.email) == (person.label, person.email or membership.email)
    return Decision(Step.SAME if same else Step.UPDATE, "", membership)


def _existing(person: DirectoryUser, known: Known) -> Membership | None:
    """Stable id, then the e-mail of somebody who is a member of this very organization already."""
    if person.external_id and (membership := known.by_stable_id.get(person.external_id)):
        return membership
    found = (known.by_user.get(user.id) for user in known.users.get(person.email_key, ()))
    return next((membership for membership in found if membership), None)


def _adopt(person: DirectoryUser, membership: Membership, known: Known) -> Decision:
    if membership.id in known.taken:
        return Decision(
            Step.CONFLICT, noted("Another person of the directory is linked to this member already."), membership
        )
    if not person.present:
        return Decision(Step.SUSPEND, noted("A member here, inactive in the identity provider."), membership)
    return Decision(Step.LINK, noted("Already a member here with this e-mail address or stable id."), membership)


def _newcomer(directory: Directory, person: DirectoryUser, known: Known) -> Decision:
    own_domain = users.domain_of(person.email) in known.verified
    mine = [user for user in known.users.get(person.email_key, ()) if own_domain or user.home_organization_id]
    if own_domain or mine:
        return Decision(Step.CREATE, "", user=mine[0] if mine else None)
    if directory.organization.outsiders is Outsiders.REVIEW:
        return Decision(Step.REVIEW, noted("The e-mail address is outside the verified domains; somebody must decide."))
    return Decision(Step.CREATE, noted("Outside the verified domains: an account for this organization only."))


def _load_linked(directory: Directory, people: Iterable[DirectoryUser], known: Known) -> None:
    ids = [person.membership_id for person in people if person.membership_id]
    if ids:
        rows = db.session.scalars(
            sa.select(Membership)
            .options(_roles(len(ids) > 1))
            .where(Membership.organization_id == directory.organization_id, Membership.id.in_(ids))
        )
        known.by_id = {membership.id: membership for membership in rows}


def verified_names(organization_id: uuid.UUID, emails: Iterable[str]) -> set[str]:
    """The domains of these addresses that the organization has verified, in one look-up."""
    names = {users.domain_of(email) for email in emails}
    ours = Domain.organization_id == organization_id, Domain.verified_at.is_not(None), Domain.name.in_(names)
    return set(db.session.scalars(sa.select(Domain.name).where(*ours)))


def _load_strangers(directory: Directory, people: Sequence[DirectoryUser], known: Known) -> None:
    """One look-up: the verified domains among theirs; the users, anywhere or at home here, of their addresses; and those who
    signed in through SAML before the directory came, known by the id both doors carry. Each with the membership here."""
    stable_ids = {person.external_id for person in people if person.external_id}
    values = {
        "organization": directory.organization_id,
        "keys": {person.email_key for person in people if person.email_key},
        "domains": {users.domain_of(person.email) for person in people if person.email},
    } | ({"stable_ids": stable_ids} if stable_ids else {})
    statement = _strangers(by_stable_id=bool(stable_ids), many=len(people) > 1)
    for user, membership, is_linked, stable_id, verified in db.session.execute(statement, values):
        known.verified = set((verified or "").split("\n"))
        if user:
            known.add(user, membership, stable_id, linked=bool(is_linked))


@cache
def _strangers(*, by_stable_id: bool, many: bool) -> sa.Executable:
    """Made once: it takes longer to build than to answer, and every newcomer asks it."""
    linked = sa.exists().where(DirectoryUser.organization_id == HERE, DirectoryUser.membership_id == Membership.id)
    identity: list[sa.ColumnElement[bool]] = [
        ConnectionIdentity.organization_id == HERE, ConnectionIdentity.membership_id == Membership.id,
        ConnectionIdentity.stable_id.in_(_among("stable_ids")) if by_stable_id else sa.false(),
    ]  # fmt: skip
    always = sa.select(sa.literal(1).label("one")).subquery()  # the domains come also where nobody is found
    return (
        sa.select(User, Membership, linked, ConnectionIdentity.stable_id, _verified_among())
        .select_from(always)
        .outerjoin(User, User.id.in_(_candidates(by_stable_id)))
        .outerjoin(Membership, sa.and_(Membership.user_id == User.id, Membership.organization_id == HERE))
        .outerjoin(ConnectionIdentity, sa.and_(*identity))
        .options(contains_eager(Membership.user), _roles(many))
        .order_by(User.home_organization_id.is_(None), User.id)
    )


def _roles(many: bool) -> Any:
    """Of one person, roles are seldom asked for; of many, one look-up brings everybody's."""
    return selectinload(Membership.roles) if many else lazyload(Membership.roles)


def _candidates(by_stable_id: bool) -> "sa.Select[Any]":
    by_email = sa.select(User.id).where(
        User.email_key.in_(_among("keys")),
        sa.or_(User.home_organization_id.is_(None), User.home_organization_id == HERE),
    )
    if not by_stable_id:
        return by_email
    known = (
        sa.select(Membership.user_id)
        .join(
            ConnectionIdentity,
            sa.and_(
                ConnectionIdentity.membership_id == Membership.id,
                ConnectionIdentity.organization_id == Membership.organization_id,
            ),
        )
        .where(ConnectionIdentity.organization_id == HERE, ConnectionIdentity.stable_id.in_(_among("stable_ids")))
    )
    return by_email.union_all(known)  # type: ignore[return-value]


def _verified_among() -> sa.ColumnElement[str]:
    ours = Domain.organization_id == HERE, Domain.verified_at.is_not(None), Domain.name.in_(_among("domains"))
    return sa.select(sa.func.aggregate_strings(Domain.name, "\n")).where(*ours).scalar_subquery()


def _among(name: str) -> Any:
    return sa.bindparam(name, expanding=True)


OUTCOMES = {Step.CONFLICT: Applied.CONFLICT, Step.REVIEW: Applied.REVIEW, Step.SKIP: Applied.WAITING}
