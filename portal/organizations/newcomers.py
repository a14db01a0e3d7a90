"""Many people at once who come from another product: who they are here already is looked up once for all, and whoever is new is
made by a statement for each table. One person who comes by themselves is the business of `users` and `members`."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Event, Membership, MembershipRole, Organization, Role, Source, Status, User
from portal.models.base import key, new_id, now
from portal.models.engine import insert_rows
from portal.organizations import events, foreign_hashes, organizations, roles, users
from portal.organizations.actors import Actor
from portal.organizations.refusals import BadEmail, HashNotTaken, NoFreeSeat

CHUNK = 500


class Outcome(enum.StrEnum):
    """`linked`: the account was here before, and is a member now; `skipped`: so was the membership."""

    CREATED = "created"
    LINKED = "linked"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True)
class Newcomer:
    """`roles` are keys as the other product names them; the default role stands in for those that are not known here."""

    email: str
    name: str = ""
    verified: bool = False
    password_hash: str = ""
    roles: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True)
class Arrival:
    """What becomes of one of them, and what must be said of it."""

    newcomer: Newcomer
    outcome: Outcome
    why: tuple[str, ...] = ()
    user: User | None = None
    password_hash: str | None = None
    roles: tuple[Role, ...] = ()


def plan(organization: Organization | None, newcomers: Sequence[Newcomer], *, joins: bool = True) -> list[Arrival]:
    """At most `CHUNK` people; nothing is changed. Whoever joins none only gets an account; without an organization it is one
    that is not made yet."""
    keys = {key(one.email) for one in newcomers}
    known = {user.email_key: user for user in db.session.scalars(_accounts(keys))}
    ids = [user.id for user in known.values()]
    here = set(db.session.scalars(_members(organization, ids))) if organization else set()
    given = {role.key: role for role in roles.every()}
    default = organization.default_role if organization else roles.default()
    decided: dict[str, Arrival] = {}
    for one in newcomers:
        if key(one.email) in decided:
            decided[f"{key(one.email)} {len(decided)}"] = Arrival(
                one, Outcome.REFUSED, ("The export names them twice.",)
            )
            continue
        user = known.get(key(one.email))
        is_done = user is not None and (user.id in here or not joins)
        decided[key(one.email)] = _decide(one, user, is_done, _roles(one, given, default))
    return list(decided.values())


def bring(organization: Organization | None, arrivals: Sequence[Arrival], *, by: Actor) -> None:
    """Do what was planned, in the same transaction."""
    new = [(new_id(), one) for one in arrivals if one.outcome is Outcome.CREATED]
    at = now()
    insert_rows(User, [_account(id, one, at) for id, one in new])
    insert_rows(Event, [_account_event(id, one.newcomer, by) for id, one in new])
    if organization:
        old = [(one.user.id, one) for one in arrivals if one.outcome is Outcome.LINKED and one.user]
        _join(organization, [_Joined(new_id(), user_id, one) for user_id, one in [*new, *old]], by)


@dataclass(frozen=True)
class _Joined:
    """A member that is about to be, as events tell of one."""

    id: uuid.UUID
    user_id: uuid.UUID
    arrival: Arrival

    @property
    def email(self) -> str:
        return self.arrival.newcomer.email.strip()

    @property
    def name(self) -> str:
        return self.arrival.newcomer.name.strip()[:320]

    @property
    def label(self) -> str:
        return self.name or self.email


def _join(organization: Organization, joining: Sequence[_Joined], by: Actor) -> None:
    _take_seats(organization, sum(one.arrival.newcomer.active for one in joining))
    insert_rows(Membership, [_membership(organization, one) for one in joining])
    held = [(one.id, role.id) for one in joining for role in one.arrival.roles]
    rows = [{"organization_id": organization.id, "membership_id": id, "role_id": role_id} for id, role_id in held]
    insert_rows(MembershipRole, rows)
    told: list[tuple[events.Member, dict[str, object]]] = [
        (one, {"source": Source.MANUAL.value, "role": one.arrival.roles[0].key}) for one in joining
    ]
    events.record_members("member.added", organization.id, told, by=by)


def _take_seats(organization: Organization, wanted: int) -> None:
    if organization.seats is None:
        return
    organizations.lock(organization)
    if organizations.count_members(organization) + wanted > organization.seats:
        raise NoFreeSeat


def _decide(one: Newcomer, user: User | None, is_done: bool, given: tuple[tuple[Role, ...], list[str]]) -> Arrival:
    held, why = given
    try:
        users.checked(one.email)
    except BadEmail:
        return Arrival(one, Outcome.REFUSED, ("This is not an e-mail address.",))
    if is_done:
        return Arrival(one, Outcome.SKIPPED, user=user)
    if user is not None:
        if one.password_hash and one.password_hash.strip() != user.password_hash:
            why = [*why, "They have an account here; its way in stays as it is."]
        return Arrival(one, Outcome.LINKED, tuple(why), user, None, held)
    kept, problem = _hash(one)
    return Arrival(one, Outcome.CREATED, (*why, *problem), None, kept, held)


def _hash(one: Newcomer) -> tuple[str | None, tuple[str, ...]]:
    """What cannot be checked is not kept: the person comes in by an e-mail link and sets a password anew."""
    if not one.password_hash:
        return None, ()
    try:
        return foreign_hashes.checked(one.password_hash), ()
    except HashNotTaken as refused:
        return None, (f"Without their password: {refused}",)


def _roles(one: Newcomer, given: dict[str, Role], default: Role) -> tuple[tuple[Role, ...], list[str]]:
    wanted = [name.strip().casefold() for name in one.roles]
    unknown = [name for name in wanted if name not in given]
    held = tuple(sorted({given[name].key: given[name] for name in wanted if name in given}.values(), key=_rank))
    why = [f"Their role “{name[:60]}” is not known here." for name in unknown]
    return held or (default,), why


def _rank(role: Role) -> int:
    return -role.rank


def _accounts(keys: set[str]) -> "sa.Select[User]":
    return sa.select(User).where(User.email_key.in_(keys), User.home_organization_id.is_(None))


def _members(organization: Organization, user_ids: Sequence[uuid.UUID]) -> "sa.Select[uuid.UUID]":
    ours = Membership.organization_id == organization.id, Membership.user_id.in_(user_ids)
    return sa.select(Membership.user_id).where(*ours)


def _account(id: uuid.UUID, one: Arrival, at: datetime) -> dict[str, object]:
    email = one.newcomer.email.strip()
    return {
        "id": id, "email": email, "email_key": key(email), "name": one.newcomer.name.strip()[:320],
        "password_hash": one.password_hash, "email_verified_at": at if one.newcomer.verified else None,
    }  # fmt: skip


def _membership(organization: Organization, one: _Joined) -> dict[str, object]:
    active = one.arrival.newcomer.active
    return {
        "id": one.id, "organization_id": organization.id, "user_id": one.user_id, "source": Source.MANUAL,
        "status": Status.ACTIVE if active else Status.SUSPENDED, "ended_at": None if active else now(),
        "email": one.email, "name": one.name, "profile": {},
    }  # fmt: skip


def _account_event(id: uuid.UUID, newcomer: Newcomer, by: Actor) -> dict[str, object]:
    return {
        "organization_id": None, "name": "user.created", "door": by.door.value, "actor_id": by.id, "actor_label": by.label,
        "subject_type": User.__name__, "subject_id": id, "subject_label": (newcomer.name or newcomer.email)[:320], "data": {},
    }  # fmt: skip
