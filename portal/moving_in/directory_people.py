"""A directory's people and groups, brought under the ids that the identity provider knows them by, where those are UUIDs."""

import uuid
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Directory, DirectoryGroup, DirectoryUser
from portal.models.base import key
from portal.moving_in import shape
from portal.moving_in.report import Part
from portal.organizations import aliases, directories, directory_people
from portal.organizations.newcomers import Outcome
from portal.organizations.refusals import Refused
from portal.scim import cleaning

CHUNK = 200
LONGEST_KEY = cleaning.LONGEST_KEY
STRANGE = (
    "The identity provider knows people by ids of another kind: it looks them up by name once more, or asks to be told."
)


def chunks(one: shape.Directory) -> Iterator[Sequence[shape.DirectoryUser]]:
    return (one.users[start : start + CHUNK] for start in range(0, len(one.users), CHUNK))


def bring(directory: Directory, people: Sequence[shape.DirectoryUser], part: Part, *, dry_run: bool) -> None:
    known, ids = _known(directory, people), _free_ids(directory, DirectoryUser, [one.id for one in people])
    for one in people:
        name = str(one.document.get("userName", ""))
        if key(name)[:LONGEST_KEY] in known:
            part.count("directory user", Outcome.SKIPPED, 1)
        elif not name:
            part.say(Outcome.REFUSED, "directory user", one.id, "It has no user name and no e-mail address.")
        elif dry_run:
            part.count("directory user", Outcome.CREATED, 1)
        else:
            _create(directory, one, ids.get(one.id), part)


def bring_groups(directory: Directory, one: shape.Directory, part: Part) -> None:
    """After its people."""
    here = {group.display_name_key for group in directories.groups(directory)}
    ids = _free_ids(directory, DirectoryGroup, [group.id for group in one.groups])
    for group in one.groups:
        name = str(group.document.get("displayName", ""))
        if key(name)[:LONGEST_KEY] in here:
            part.say(Outcome.SKIPPED, "group", name)
            continue
        if not name or len(name) > LONGEST_KEY:
            part.say(Outcome.REFUSED, "group", group.id, "It has no name, or none that can be kept.")
            continue
        try:
            with db.session.begin_nested():
                inside = _present(directory, [aliases.id_in(directory.id, id) for id in group.members])
                directory_people.create_group(
                    directory, group.document, inside, by=directories.actor_of(directory), known_id=ids.get(group.id)
                )
            lost = len(group.members) - len(inside)
            part.say(Outcome.CREATED, "group", name, f"{lost} of its members are not in the export." if lost else "")
        except Refused as refused:
            part.say(Outcome.REFUSED, "group", name, str(refused))


def note_ids(one: shape.Directory, part: Part) -> None:
    if one.users and _native(one.users[0].id) is None:
        part.tell("directory", one.name or one.id, STRANGE)


def _create(directory: Directory, one: shape.DirectoryUser, known_id: uuid.UUID | None, part: Part) -> None:
    try:
        with db.session.begin_nested():
            directory_people.create_user(directory, one.document, by=directories.actor_of(directory), known_id=known_id)
        part.count("directory user", Outcome.CREATED, 1)
    except Refused as refused:
        part.say(Outcome.REFUSED, "directory user", str(one.document.get("userName")), str(refused))


def _known(directory: Directory, people: Sequence[shape.DirectoryUser]) -> set[str]:
    names = [key(str(one.document.get("userName", "")))[:LONGEST_KEY] for one in people]
    ours = DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id
    return set(
        db.session.scalars(sa.select(DirectoryUser.user_name_key).where(*ours, DirectoryUser.user_name_key.in_(names)))
    )


def _free_ids(
    directory: Directory, model: type[DirectoryUser] | type[DirectoryGroup], ids: Sequence[str]
) -> dict[str, uuid.UUID]:
    """An id that somebody has already, wherever, is not given again."""
    wanted = {id: aliases.id_in(directory.id, id) for id in ids if id}
    taken: set[uuid.UUID] = set()
    for start in range(0, len(ids), CHUNK):
        some = [wanted[id] for id in ids[start : start + CHUNK] if id in wanted]
        taken |= set(db.session.scalars(sa.select(model.id).where(model.id.in_(some))))
    return {id: found for id, found in wanted.items() if found not in taken}


def _present(directory: Directory, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    found: list[uuid.UUID] = []
    ours = DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id
    for start in range(0, len(ids), CHUNK):
        some = sa.select(DirectoryUser.id).where(*ours, DirectoryUser.id.in_(ids[start : start + CHUNK]))
        found += db.session.scalars(some)
    return found


def _native(id: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(id) if len(id) == 36 else None
    except ValueError:
        return None
