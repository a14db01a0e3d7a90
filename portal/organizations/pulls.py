"""Pulling a directory that does not push: with which right, for whom, when; and whose turn it is.

A pull is leased to one worker at a time. It may take minutes, and settings may change meanwhile: a worker whose lease was taken
over, or whose settings were replaced, finds out at its next sign of life and ends without a word.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Directory, DirectoryKind, DirectoryPull, Mode, PullWay
from portal.models.base import new_id, now
from portal.organizations import events, secrets
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import NobodyChosen, NotConnectedYet
from portal.settings import current

LEASE = timedelta(minutes=10)


class LeaseLost(Exception):
    """Another worker has this pull, or what it was to do has changed."""


@dataclass(frozen=True)
class Ticket:
    """One pull that is ours to do. `secret` is in the clear and must not be kept."""

    pull_id: uuid.UUID
    directory_id: uuid.UUID
    generation: int
    began_at: datetime
    way: PullWay
    secret: str
    client_id: str
    admin: str
    everybody: bool
    groups: tuple[Mapping[str, str], ...]


def of(directory: Directory, *, lock: bool = False) -> DirectoryPull | None:
    ours = sa.select(DirectoryPull).where(
        DirectoryPull.organization_id == directory.organization_id, DirectoryPull.directory_id == directory.id
    )
    if lock:
        ours = ours.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(ours).one_or_none()


def keep_secret(
    directory: Directory, way: PullWay, secret: str, *, by: Actor, account: str, client_id: str = "", admin: str = ""
) -> DirectoryPull:
    """Replaces whatever was kept before; until it has proved to work nothing is pulled with it."""
    pull = of(directory, lock=True) or _begin(directory)
    pull.way, pull.secret = way, secrets.encrypt(secret)
    pull.account, pull.client_id, pull.admin = account[:320], client_id[:320], admin[:320] or pull.admin
    pull.proved_at = None
    _changed(pull)
    events.record(
        "directory.pull_secret_kept", directory.organization_id, directory, by=by, way=way.value, account=account
    )
    return pull


def prove(pull: DirectoryPull, *, by: Actor, admin: str = "") -> None:
    """We could read with it just now, acting for this administrator."""
    if admin and admin != pull.admin:
        pull.admin = admin[:320]
        _changed(pull)
    pull.proved_at = now()
    pull.problem = pull.mend = pull.problem_code = ""
    if pull.chosen_at:
        pull.due_at = now()
    events.record("directory.pull_connected", pull.organization_id, pull.directory, by=by, admin=pull.admin)


def choose(pull: DirectoryPull, *, everybody: bool, groups: Sequence[Mapping[str, str]], by: Actor) -> None:
    """For whom; the first pull with it begins at once."""
    if pull.proved_at is None:
        raise NotConnectedYet
    if not everybody and not groups:
        raise NobodyChosen
    wanted = [dict(group) for group in groups]
    if pull.chosen_at and (pull.everybody, pull.groups) == (everybody, wanted):
        return
    pull.everybody, pull.groups, pull.chosen_at = everybody, wanted, now()
    pull.completed_at, pull.due_at = None, now()
    _changed(pull)
    names = [group["name"] for group in wanted]
    events.record(
        "directory.pull_chosen", pull.organization_id, pull.directory, by=by, everybody=everybody, groups=names
    )


def ask_now(pull: DirectoryPull, *, by: Actor) -> None:
    if pull.proved_at is None or pull.chosen_at is None:
        raise NotConnectedYet
    pull.due_at = now()
    events.record("directory.pull_asked", pull.organization_id, pull.directory, by=by)


def actor_of(directory: Directory) -> Actor:
    return Actor(Door.WORKER, str(directory.id), directory.name)


def take_due() -> Ticket | None:
    """The pull that has waited longest; another worker finds another one."""
    at = now()
    idle = sa.or_(DirectoryPull.leased_until.is_(None), DirectoryPull.leased_until <= at)
    ready = (
        DirectoryPull.due_at <= at,
        idle,
        DirectoryPull.proved_at.is_not(None),
        DirectoryPull.chosen_at.is_not(None),
    )
    wanted = (Directory.mode != Mode.OFF, Directory.kind != DirectoryKind.SCIM)
    found = sa.select(DirectoryPull).join(DirectoryPull.directory).where(*ready, *wanted).order_by(DirectoryPull.due_at)
    pull = db.session.scalars(found.limit(1).with_for_update(skip_locked=True, of=DirectoryPull)).first()
    if pull is None:
        return None
    pull.began_at, pull.leased_until, pull.progress = at, at + LEASE, {"phase": "people", "done": 0, "total": 0}
    return Ticket(
        pull.id, pull.directory_id, pull.generation, at, pull.way, secrets.decrypt(pull.secret), pull.client_id,
        pull.admin, pull.everybody, tuple(pull.groups),
    )  # fmt: skip


def report(ticket: Ticket, phase: str, done: int, total: int = 0) -> Directory:
    """A sign of life, and how far it is. `total` of 0: nobody can know yet. Gives the directory as it is now."""
    pull = _held(ticket)
    pull.leased_until = now() + LEASE
    pull.progress = {"phase": phase, "done": done, "total": total}
    return pull.directory


def complete(ticket: Ticket, outcome: Mapping[str, int]) -> None:
    pull = _held(ticket)
    _release(pull, ticket)
    pull.completed_at = pull.directory.last_request_at = now()
    pull.outcome, pull.problem, pull.mend, pull.problem_code = dict(outcome), "", "", ""
    if any(outcome.get(name) for name in ("created", "changed", "gone", "groups_changed")):
        directory = pull.directory
        events.record("directory.pulled", directory.organization_id, directory, by=actor_of(directory), **outcome)


def give_back(ticket: Ticket) -> None:
    """Not done; whoever is next begins it anew."""
    pull = _held(ticket)
    pull.leased_until, pull.progress, pull.due_at = None, {}, now()


def fail(ticket: Ticket, code: str, words: str, mend: str) -> None:
    """Nobody was suspended or removed; said once in the activity log, until it works again or fails otherwise."""
    pull = _held(ticket)
    _release(pull, ticket)
    if pull.problem_code != code:
        directory = pull.directory
        events.record(
            "directory.pull_failed", directory.organization_id, directory, by=actor_of(directory), problem=words
        )
    pull.problem, pull.mend, pull.problem_code = words, mend, code


def _begin(directory: Directory) -> DirectoryPull:
    pull = DirectoryPull(id=new_id(), organization_id=directory.organization_id, directory_id=directory.id)
    db.session.add(pull)
    db.session.flush()
    return pull


def _changed(pull: DirectoryPull) -> None:
    """Whoever is pulling with the former settings must not go on."""
    pull.generation += 1
    pull.leased_until = None


def _held(ticket: Ticket) -> DirectoryPull:
    ours = sa.select(DirectoryPull).where(DirectoryPull.id == ticket.pull_id)
    pull = db.session.scalars(ours.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if pull is None or (pull.generation, pull.began_at) != (ticket.generation, ticket.began_at):
        raise LeaseLost
    if pull.directory.mode is Mode.OFF:
        raise LeaseLost
    return pull


def _release(pull: DirectoryPull, ticket: Ticket) -> None:
    """Somebody who pressed “Pull now” meanwhile is heard at once."""
    again = pull.due_at is not None and pull.due_at > ticket.began_at
    pull.leased_until, pull.progress = None, {}
    pull.due_at = now() if again else now() + timedelta(minutes=current().pull_minutes)
