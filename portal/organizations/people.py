"""Who a directory's person already is here, found for many at once and decided one by one (design.md §3)."""

import enum
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.extensions import db
from portal.models import Applied, ConnectionIdentity, Directory, DirectoryUser, Domain, Membership, Outsiders, User
from portal.organizations import users

CHUNK = 400


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


@dataclass
class Known:
    """What the database knows of a batch of people; loaded in three look-ups, however many they are."""

    verified: set[str] = field(default_factory=set)
    by_id: dict[uuid.UUID, Membership] = field(default_factory=dict)
    by_stable_id: dict[str, Membership] = field(default_factory=dict)
    users: dict[str, list[User]] = field(default_factory=dict)
    by_user: dict[uuid.UUID, Membership] = field(default_factory=dict)
    taken: set[uuid.UUID] = field(default_factory=set)


def load(directory: Directory, people: Sequence[DirectoryUser]) -> Known:
    """At most `CHUNK` people: the number of bound values is limited."""
    known = Known()
    _load_linked(directory, people, known)
    strangers = [person for person in people if person.membership_id is None]
    if strangers:
        _load_verified_domains(directory, strangers, known)
        _load_by_email(directory, strangers, known)
        _load_by_stable_id(directory, strangers, known)
    return known


def decide(directory: Directory, person: DirectoryUser, known: Known) -> Decision:
    """The same function for the preview and for the deed."""
    membership = known.by_id.get(person.membership_id) if person.membership_id else None
    if membership:
        return _for_member(person, membership)
    if not person.email:
        return Decision(Step.CONFLICT, "The identity provider sends no e-mail address for this person.")
    if membership := _existing(person, known):
        return _adopt(person, membership, known)
    if not person.active:
        return Decision(Step.SKIP, "Inactive in the identity provider and unknown here: nothing to do.")
    return _newcomer(directory, person, known)


def _for_member(person: DirectoryUser, membership: Membership) -> Decision:
    if membership.active and not person.active:
        return Decision(Step.SUSPEND, "Inactive in the identity provider.", membership)
    if person.active and not membership.active:
        return Decision(Step.RESTORE, "Active again in the identity provider.", membership)
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
        return Decision(Step.CONFLICT, "Another person of the directory is linked to this member already.", membership)
    if not person.active:
        return Decision(Step.SUSPEND, "A member here, inactive in the identity provider.", membership)
    return Decision(Step.LINK, "Already a member here with this e-mail address or stable id.", membership)


def _newcomer(directory: Directory, person: DirectoryUser, known: Known) -> Decision:
    own_domain = users.domain_of(person.email) in known.verified
    mine = [user for user in known.users.get(person.email_key, ()) if own_domain or user.home_organization_id]
    if own_domain or mine:
        return Decision(Step.CREATE, "", user=mine[0] if mine else None)
    if directory.organization.outsiders is Outsiders.REVIEW:
        return Decision(Step.REVIEW, "The e-mail address is outside the verified domains; somebody must decide.")
    return Decision(Step.CREATE, "Outside the verified domains: an account for this organization only.")


def _load_linked(directory: Directory, people: Iterable[DirectoryUser], known: Known) -> None:
    ids = [person.membership_id for person in people if person.membership_id]
    if ids:
        rows = db.session.scalars(
            sa.select(Membership).where(Membership.organization_id == directory.organization_id, Membership.id.in_(ids))
        )
        known.by_id = {membership.id: membership for membership in rows}


def _load_verified_domains(directory: Directory, people: Iterable[DirectoryUser], known: Known) -> None:
    known.verified = verified_names(directory.organization_id, [person.email for person in people if person.email])


def verified_names(organization_id: uuid.UUID, emails: Iterable[str]) -> set[str]:
    """The domains of these addresses that the organization has verified, in one look-up."""
    names = {users.domain_of(email) for email in emails}
    rows = db.session.scalars(
        sa.select(Domain.name).where(
            Domain.organization_id == organization_id, Domain.verified_at.is_not(None), Domain.name.in_(names)
        )
    )
    return set(rows)


def _load_by_email(directory: Directory, people: Iterable[DirectoryUser], known: Known) -> None:
    """Users anywhere or at home here, each with the membership of this organization, if any, and whether it is linked."""
    keys = {person.email_key for person in people if person.email_key}
    organization_id = directory.organization_id
    linked = sa.exists().where(
        DirectoryUser.organization_id == organization_id, DirectoryUser.membership_id == Membership.id
    )
    rows = db.session.execute(
        sa.select(User, Membership, linked)
        .outerjoin(Membership, sa.and_(Membership.user_id == User.id, Membership.organization_id == organization_id))
        .options(contains_eager(Membership.user))
        .where(
            User.email_key.in_(keys),
            sa.or_(User.home_organization_id.is_(None), User.home_organization_id == organization_id),
        )
        .order_by(User.home_organization_id.is_(None), User.id)
    )
    for user, membership, is_linked in rows:
        known.users.setdefault(user.email_key, []).append(user)
        if membership:
            known.by_user[user.id] = membership
            if is_linked:
                known.taken.add(membership.id)


def _load_by_stable_id(directory: Directory, people: Iterable[DirectoryUser], known: Known) -> None:
    """People who signed in through SAML before the directory came, known by the id both doors carry."""
    ids = {person.external_id for person in people if person.external_id}
    if not ids:
        return
    rows = db.session.execute(
        sa.select(ConnectionIdentity.stable_id, Membership)
        .join(
            Membership,
            sa.and_(
                Membership.id == ConnectionIdentity.membership_id,
                Membership.organization_id == ConnectionIdentity.organization_id,
            ),
        )
        .where(ConnectionIdentity.organization_id == directory.organization_id, ConnectionIdentity.stable_id.in_(ids))
    )
    known.by_stable_id = {str(stable_id): membership for stable_id, membership in rows}


OUTCOMES = {Step.CONFLICT: Applied.CONFLICT, Step.REVIEW: Applied.REVIEW, Step.SKIP: Applied.WAITING}
