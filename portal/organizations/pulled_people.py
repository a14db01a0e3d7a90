"""What a pull found, written by difference into the rows a push would write, through the same verbs.

People are told apart by the id their directory gives them, then by user name: an account that was made anew with the same
address is the same person here. Nothing here suspends anybody before the whole of the directory was read: see `forget_missing`.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Directory, DirectoryGroup, DirectoryUser
from portal.models.base import Json, key
from portal.organizations import directory_people
from portal.organizations.actors import Actor
from portal.organizations.refusals import GroupNameTaken, UserNameTaken

CHUNK = 100


@dataclass(frozen=True)
class PulledGroup:
    """`members` are ids the directory gives its people; `address` tells two groups of one name apart."""

    id: str
    name: str
    address: str
    members: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return f"{self.name} ({self.address})"


@dataclass(frozen=True)
class Taken:
    """`counts` of created, changed and same; `refused` are those whose user name somebody else has."""

    counts: Counter[str]
    refused: list[Json]


def take_people(directory: Directory, documents: Sequence[Json], *, by: Actor, present: AbstractSet[str]) -> Taken:
    """At most `CHUNK` clean SCIM users. `present` are the ids of everybody the pull found. Who was refused because somebody else
    still has the user name may be tried again when the others were taken."""
    there = _known(directory, documents, present)
    said: Counter[str] = Counter()
    refused: list[Json] = []
    for document in documents:
        person = there.get(str(document["externalId"])) or there.get(_name_key(document))
        try:
            said[_take(directory, person, document, by)] += 1
        except UserNameTaken:
            refused.append(document)
    return Taken(said, refused)


def forget_missing(directory: Directory, gone: Sequence[uuid.UUID], *, by: Actor) -> int:
    """Those whom a complete pull did not find leave as if they had been deleted by a push."""
    people = db.session.scalars(_ours(directory).where(DirectoryUser.id.in_(gone))).all()
    for person in people:
        directory_people.delete_user(directory, person, by=by)
    return len(people)


def missing(directory: Directory, present: AbstractSet[str]) -> list[list[uuid.UUID]]:
    """Ids of the rows of people whom the pull did not find, in chunks."""
    rows = db.session.execute(
        sa.select(DirectoryUser.id, DirectoryUser.external_id).where(
            DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id
        )
    )
    gone = [row.id for row in rows if (row.external_id or "") not in present]
    return [gone[start : start + CHUNK] for start in range(0, len(gone), CHUNK)]


def count(directory: Directory) -> int:
    ours = (DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id)
    return db.session.scalar(sa.select(sa.func.count(DirectoryUser.id)).where(*ours)) or 0


def take_group(directory: Directory, group: PulledGroup, *, by: Actor) -> bool:
    """True when anything of it changed."""
    row = _group(directory, group)
    document: Json = {"externalId": group.id, "displayName": group.name}
    members = _rows_of(directory, group.members)
    if row is None:
        _named(
            directory, group, lambda words: directory_people.create_group(directory, document | words, members, by=by)
        )
        return True
    renamed = row.data.get("displayName") not in (group.name, group.full_name) or row.external_id != group.id
    if renamed:
        _named(directory, group, lambda words: directory_people.change_group(directory, row, document | words))
    return directory_people.set_members(directory, row, members, by=by) or renamed


def forget_groups(directory: Directory, kept: AbstractSet[str], *, by: Actor) -> int:
    ours = (DirectoryGroup.organization_id == directory.organization_id, DirectoryGroup.directory_id == directory.id)
    gone = [row for row in db.session.scalars(sa.select(DirectoryGroup).where(*ours)) if row.external_id not in kept]
    for row in gone:
        directory_people.delete_group(directory, row, by=by)
    return len(gone)


def _take(directory: Directory, person: DirectoryUser | None, document: Json, by: Actor) -> str:
    if person is not None and person.data == document:
        return "same"
    with db.session.begin_nested():
        if person is None:
            directory_people.create_user(directory, document, by=by)
            return "created"
        directory_people.change_user(directory, person, document, by=by)
    return "changed"


def _known(directory: Directory, documents: Sequence[Json], present: AbstractSet[str]) -> dict[str, DirectoryUser]:
    """The rows of these people by id, and by user name where that row belongs to nobody the pull found."""
    ids = [str(document["externalId"]) for document in documents]
    names = [_name_key(document) for document in documents]
    either = sa.or_(DirectoryUser.external_id.in_(ids), DirectoryUser.user_name_key.in_(names))
    found: dict[str, DirectoryUser] = {}
    for person in db.session.scalars(_ours(directory).where(either)):
        if person.external_id in present:
            found[str(person.external_id)] = person
        else:
            found[person.user_name_key] = person
    return found


def _ours(directory: Directory) -> "sa.Select[DirectoryUser]":
    return sa.select(DirectoryUser).where(
        DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id
    )


def _name_key(document: Json) -> str:
    return key(str(document["userName"]))[:320]


def _group(directory: Directory, group: PulledGroup) -> DirectoryGroup | None:
    ours = sa.select(DirectoryGroup).where(
        DirectoryGroup.organization_id == directory.organization_id, DirectoryGroup.directory_id == directory.id
    )
    named = sa.and_(DirectoryGroup.external_id.is_(None), DirectoryGroup.display_name_key == key(group.name))
    found = db.session.scalars(ours.where(sa.or_(DirectoryGroup.external_id == group.id, named))).all()
    return next((row for row in found if row.external_id), found[0] if found else None)


def _named(directory: Directory, group: PulledGroup, write: Callable[[Json], object]) -> None:
    """Names of groups are unique here and not everywhere: the second one of a name carries its address."""
    try:
        with db.session.begin_nested():
            write({"displayName": group.name})
    except GroupNameTaken:
        with db.session.begin_nested():
            write({"displayName": group.full_name})


def _rows_of(directory: Directory, ids: Sequence[str]) -> list[uuid.UUID]:
    """Members that are people of this directory; nested groups and guests of other companies are not."""
    found: list[uuid.UUID] = []
    for start in range(0, len(ids), directory_people.CHUNK):
        chunk = ids[start : start + directory_people.CHUNK]
        found += db.session.scalars(
            sa.select(DirectoryUser.id).where(
                DirectoryUser.organization_id == directory.organization_id,
                DirectoryUser.directory_id == directory.id,
                DirectoryUser.external_id.in_(chunk),
            )
        )
    return found
