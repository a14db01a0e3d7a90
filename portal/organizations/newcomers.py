"""Many people at once who come from another product: who they are here already is looked up once for all, and whoever is new is
made by a statement for each table. One person who comes by themselves is the business of `users` and `members`."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import OWNER, Event, Membership, MembershipRole, Organization, Role, Source, Status, User
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


def plan(organization: Organization | None, newcomers: Sequence[Newcomer]) -> list[Arrival]:
    """At most `CHUNK` people; nothing is changed. Without an organization they only get an account, as they do in one that is
    not made yet."""
    keys = {key(one.email) for one in newcomers}
    known = {user.email_key: user for user in db.session.scalars(_accounts(keys))}
    here = set(db.session.scalars(_members(organization, known.values()))) if organization and known else set()
    given = {role.key: role for role in roles.every()}
    default = organization.default_role if organization else roles.default()
    decided: dict[str, Arrival] = {}
    for one in newcomers:
        if key(one.email) in decided:
            decided[f"{key(one.email)} {len(decided)}"] = Arrival(one, Outcome.REFUSED, ("The export names them twice.",))
            continue
        user = known.get(key(one.email))
        is_done = user is not None and (organization is None or user.id in here)
        decided[key(one.email)] = _decide(one, user, is_done, _roles(one, given, default))
    return list(decided.values())


def bring(organization: Organization | None, arrivals: Sequence[Arrival], *, by: Actor) -> None:
    """Do what was planned, in the same transaction."""
    new = [(new_id(), one) for one in arrivals if one.outcome is Outcome.CREATED]
    at = now()
    insert_rows(User, [_account(id, one, at) for id, one in new])
    home = [{"subject_id": id, "subject_label": one.newcomer.name or one.newcomer.email} for id, one in new]
    insert_rows(Event, [_event("user.created", None, by) | {"subject_type": "User", "data": {}} | row for row in home])
    if organization:
        joining = new + [(one.user.id, one) for one in arrivals if one.outcome is Outcome.LINKED and one.user]
        _join(organization, joining, by)


def _join(organization: Organization, joining: Sequence[tuple[object, Arrival]], by: Actor) -> None:
    _take_seats(organization, sum(one.newcomer.active for _, one in joining))
    rows = [(new_id(), user_id, one) for user_id, one in joining]
    insert_rows(Membership, [_membership(organization, id, user_id, one) for id, user_id, one in rows])
    held = [(id, role) for id, _, one in rows for role in one.roles]
    insert_rows(
        MembershipRole,
        [{"organization_id": organization.id, "membership_id": id, "role_id": role.id} for id, role in held],
    )
    told = [
        _event("member.added", organization, by)
        | {"subject_type": Membership.__name__, "subject_id": id, "subject_label": one.newcomer.name or one.newcomer.email}
        | {"data": {"user_id": str(user_id), "email": one.newcomer.email, "source": "manual", "role": one.roles[0].key}}
        for id, user_id, one in rows
    ]
    insert_rows(Event, told)


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
        if one.password_hash:
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


def _members(organization: Organization, known: object) -> "sa.Select[object]":
    ids = [user.id for user in known]  # type: ignore[attr-defined]
    ours = Membership.organization_id == organization.id, Membership.user_id.in_(ids)
    return sa.select(Membership.user_id).where(*ours)


def _account(id: object, one: Arrival, at: datetime) -> dict[str, object]:
    email = one.newcomer.email.strip()
    return {
        "id": id, "email": email, "email_key": key(email), "name": one.newcomer.name.strip()[:320],
        "password_hash": one.password_hash, "email_verified_at": at if one.newcomer.verified else None,
    }  # fmt: skip


def _membership(organization: Organization, id: object, user_id: object, one: Arrival) -> dict[str, object]:
    status = Status.ACTIVE if one.newcomer.active else Status.SUSPENDED
    return {
        "id": id, "organization_id": organization.id, "user_id": user_id, "status": status, "source": Source.MANUAL,
        "email": one.newcomer.email.strip(), "name": one.newcomer.name.strip()[:320], "profile": {},
        "ended_at": None if one.newcomer.active else now(),
    }  # fmt: skip


def _event(name: str, organization: Organization | None, by: Actor) -> dict[str, object]:
    return {
        "organization_id": organization.id if organization else None, "name": name, "door": by.door.value,
        "actor_id": by.id, "actor_label": by.label,
    }  # fmt: skip


def has_owner(organization: Organization) -> bool:
    holds = sa.and_(
        MembershipRole.organization_id == Membership.organization_id, MembershipRole.membership_id == Membership.id
    )
    found = (
        sa.select(Membership.id)
        .join(MembershipRole, holds)
        .join(Role, Role.id == MembershipRole.role_id)
        .where(Membership.organization_id == organization.id, Membership.status == Status.ACTIVE, Role.key == OWNER)
    )
    return db.session.scalars(found.limit(1)).first() is not None
