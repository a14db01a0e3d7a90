"""From files to a report: read everything, then one organization after the other, each step its own transaction.

Run again after it was cut off, it passes over what is there and does the rest. A dry run takes the very same way and leaves
nothing behind.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from portal.extensions import db
from portal.models import Organization
from portal.models.base import key
from portal.moving_in import auth0, directory_people, files, polis, propelauth, shape, ssoready, workos, writing
from portal.moving_in.own_words import OwnWords
from portal.moving_in.report import Part, Report
from portal.moving_in.shape import Export, Notes, Options
from portal.organizations import members, newcomers
from portal.organizations.actors import OPERATOR
from portal.organizations.newcomers import Arrival, Newcomer, Outcome
from portal.organizations.refusals import Refused

READERS = {
    "polis": polis.read, "ssoready": ssoready.read, "workos": workos.read, "auth0": auth0.read,
    "propelauth": propelauth.read,
}  # fmt: skip
Advance = Callable[[int], None]


def read(source: str, paths: Sequence[Path], options: Options, notes: Notes) -> Export:
    words = OwnWords()
    pieces = list(words.among(files.pieces(paths, notes), notes))
    return words.added_to(READERS[source](pieces, options, notes), notes)


def size(export: Export) -> int:
    """How many steps it takes, for whoever watches."""
    return len(export.people) + sum(_size(one) for one in export.organizations)


def run(export: Export, writer: writing.Writer, advance: Advance, *, dry_run: bool) -> Report:
    work = _Work(writer, advance, dry_run)
    report = Report(export.source, dry_run)
    for one in export.organizations:
        report.parts.append(work.move(one))
    if export.people:
        part = Part()
        work.people(None, export.people, part, joins=False)
        report.parts.append(part)
    return report


class _Work:
    def __init__(self, writer: writing.Writer, advance: Advance, dry_run: bool) -> None:
        self.writer, self.advance, self.dry_run = writer, advance, dry_run
        writer.dry_run = dry_run
        self.promised: set[str] = set()

    def move(self, one: shape.Organization) -> Part:
        part = Part(one.id, one.name)
        try:
            organization = self._ways_in(one, part)
        except Refused as refused:
            db.session.rollback()
            part.say(Outcome.REFUSED, "organization", one.name, str(refused))
            self.advance(_size(one))
            return part
        self.advance(1)
        self.people(organization, one.members, part)
        for directory in one.directories:
            self._directory(directory, part)
        if organization and not self.dry_run and not members.has_owner(organization):
            part.tell("organization", one.name, "Nobody in it is an owner: name one.")
        return part

    def people(
        self, organization: Organization | None, everybody: Sequence[Newcomer], part: Part, *, joins: bool = True
    ) -> None:
        for start in range(0, len(everybody), newcomers.CHUNK):
            chunk = everybody[start : start + newcomers.CHUNK]
            arrivals = [self._counted(one) for one in newcomers.plan(organization, chunk, joins=joins)]
            try:
                if not self.dry_run:
                    newcomers.bring(organization, arrivals, by=OPERATOR)
                    db.session.commit()
                part.arrive(arrivals)
            except Refused as refused:
                part.arrive([replace(one, outcome=Outcome.REFUSED, why=(str(refused),)) for one in arrivals])
            db.session.rollback()
            self.advance(len(chunk))

    def _ways_in(self, one: shape.Organization, part: Part) -> Organization | None:
        """The organization, its domains, connections and directories, whole or not at all. None: not made yet, in a dry run."""
        is_known = self.writer.known(one) is not None
        organization = self.writer.organization(one, part)
        self.writer.connections(organization, one, part)
        self.writer.directories(organization, one, part)
        for directory in one.directories:
            directory_people.note_ids(directory, part)
        if not self.dry_run:
            db.session.commit()
            return organization
        db.session.rollback()
        part.id = part.id if is_known else ""
        return organization if is_known else None

    def _directory(self, directory: shape.Directory, part: Part) -> None:
        found = self.writer.directory(directory)
        if found is None:
            made = 0 if directory.problem or not self.dry_run else len(directory.users)
            part.count("directory user", Outcome.CREATED, made)
            self.advance(len(directory.users))
            return
        for chunk in directory_people.chunks(directory):
            directory_people.bring(found, chunk, part, dry_run=self.dry_run)
            self._keep()
            self.advance(len(chunk))
        directory_people.bring_groups(found, directory, part)
        writing.go_live(found, directory)
        self._keep()

    def _keep(self) -> None:
        db.session.rollback() if self.dry_run else db.session.commit()

    def _counted(self, one: Arrival) -> Arrival:
        """In a dry run nobody is made who could be found the second time."""
        name = key(one.newcomer.email)
        if self.dry_run and one.outcome is Outcome.CREATED and name in self.promised:
            return replace(one, outcome=Outcome.LINKED)
        if one.outcome is Outcome.CREATED:
            self.promised.add(name)
        return one


def _size(one: shape.Organization) -> int:
    return 1 + len(one.members) + sum(len(directory.users) for directory in one.directories)
