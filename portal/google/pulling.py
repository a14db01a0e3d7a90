"""One pull from beginning to end: read everything, then write what differs, a bounded part at a time.

Nothing is written before every page was read, and nobody is taken away before everybody else was written: a pull that breaks off
anywhere suspends nobody.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence

import structlog

from portal.extensions import db
from portal.google.accounts import Account
from portal.google.client import Client
from portal.google.reading import Snapshot, read
from portal.google.troubles import NotRead
from portal.models import Directory
from portal.models.base import Json
from portal.organizations import pulled_people, pulls
from portal.organizations.pulls import LeaseLost, Ticket
from portal.words import in_english

log = structlog.get_logger("pull")


class _BrokenOff(Exception):
    """This process is asked to end."""


def pull_due(stopped: threading.Event) -> bool:
    """Take one pull that is due and do it; false when there was none. `stopped` ends it early, to be begun anew by another."""
    ticket = pulls.take_due()
    db.session.commit()
    if ticket is None:
        return False
    try:
        _pull(ticket, stopped)
    except LeaseLost:
        db.session.rollback()
        log.info("pull", directory=str(ticket.directory_id), ended="somebody else has it, or its settings changed")
    return True


def _pull(ticket: Ticket, stopped: threading.Event) -> None:
    step = _Step(ticket, stopped)
    try:
        with Client(Account.of(ticket), stopped.wait) as client:
            snapshot = read(client, everybody=ticket.everybody, groups=ticket.groups, tell=step)
        outcome = _write(step, snapshot)
    except NotRead as trouble:
        db.session.rollback()
        log.warning("pull", directory=str(ticket.directory_id), problem=trouble.code)
        with in_english():
            pulls.fail(ticket, trouble.code, str(trouble), trouble.mend)
    except _BrokenOff:
        pulls.give_back(ticket)
    else:
        log.info("pull", directory=str(ticket.directory_id), **outcome)
        pulls.complete(ticket, outcome)
    db.session.commit()


class _Step:
    """Between two parts of a pull: what was written is kept, the lease renewed, the progress told; and whether to go on."""

    def __init__(self, ticket: Ticket, stopped: threading.Event) -> None:
        self.ticket, self.stopped = ticket, stopped

    def __call__(self, phase: str, done: int, total: int) -> None:
        if self.stopped.is_set():
            db.session.rollback()
            raise _BrokenOff
        pulls.report(self.ticket, phase, done, total)
        db.session.commit()

    def directory(self, phase: str, done: int, total: int = 0) -> Directory:
        """As it is now, for what is written next."""
        self(phase, done, total)
        return pulls.report(self.ticket, phase, done, total)


def _write(step: _Step, snapshot: Snapshot) -> Counter[str]:
    if not snapshot.people and pulled_people.count(step.directory("writing", 0)):
        raise NotRead("nobody")
    said = _write_people(step, snapshot)
    said["groups_changed"] += _write_groups(step, snapshot)
    for chunk in pulled_people.missing(step.directory("leavers", 0), snapshot.people.keys()):
        directory = step.directory("leavers", said["gone"])
        said["gone"] += pulled_people.forget_missing(directory, chunk, by=pulls.actor_of(directory))
    said["people"], said["groups"] = len(snapshot.people), len(snapshot.groups)
    return said


def _write_people(step: _Step, snapshot: Snapshot) -> Counter[str]:
    """A second round for those whose user name was somebody else's, who meanwhile may have been given another."""
    said: Counter[str] = Counter()
    waiting = list(snapshot.people.values())
    for _ in range(2):
        again: list[Json] = []
        for chunk in _chunks(waiting):
            directory = step.directory("writing", said.total(), len(snapshot.people))
            by = pulls.actor_of(directory)
            taken = pulled_people.take_people(directory, chunk, by=by, present=snapshot.people.keys())
            said += taken.counts
            again += taken.refused
        waiting = again
    said["refused"] = len(waiting)
    return said


def _write_groups(step: _Step, snapshot: Snapshot) -> int:
    changed, total = 0, len(snapshot.groups)
    for number, group in enumerate(snapshot.groups):
        directory = step.directory("membership", number, total)
        changed += pulled_people.take_group(directory, group, by=pulls.actor_of(directory))
    directory = step.directory("membership", total, total)
    kept = {group.id for group in snapshot.groups}
    return changed + pulled_people.forget_groups(directory, kept, by=pulls.actor_of(directory))


def _chunks(documents: Sequence[Json]) -> Iterator[Sequence[Json]]:
    return (documents[at : at + pulled_people.CHUNK] for at in range(0, len(documents), pulled_people.CHUNK))
