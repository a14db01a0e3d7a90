"""/Groups: the same, with members changed by the difference, whatever the group's size."""

import uuid

from flask import Response, request

from portal.extensions import db
from portal.models import DirectoryGroup
from portal.organizations import directory_people
from portal.scim import cleaning, dialects, patch, reading, rendering, resources
from portal.scim.attributes import GROUPS
from portal.scim.entry import actor, body, directory
from portal.scim.errors import ScimError, invalid_path, invalid_value, not_found
from portal.scim.patch import Operation
from portal.scim.preconditions import require_match
from portal.scim.rendering import Document, Selection
from portal.scim.resources import written
from portal.settings import current


def list_groups(asked: Document | None = None) -> Response:
    return resources.listed(GROUPS, asked)


def show_group(group_id: uuid.UUID) -> Response:
    return resources.shown(GROUPS, group_id)


def create_group() -> Response:
    sent = body()
    document = cleaning.clean(GROUPS, sent).document
    cleaning.require(GROUPS, document)
    group = directory_people.create_group(directory(), document, _ids(_members(sent)), by=actor())
    return written(rendering.answer(_document(group), 201))


def replace_group(group_id: uuid.UUID) -> Response:
    sent = body()
    document = cleaning.clean(GROUPS, sent).document
    cleaning.require(GROUPS, document)
    group = _locked(group_id)
    changed = directory_people.change_group(directory(), group, document)
    moved = directory_people.set_members(directory(), group, _ids(_members(sent)), by=actor())
    if moved and not changed:
        directory_people.touch_group(group)
    return written(rendering.answer(_document(group)))


def change_group(group_id: uuid.UUID) -> Response:
    """204, as Entra asks, because a list of all members helps nobody; 200 where attributes are asked for (RFC 7644 §3.5.2)."""
    wanted = patch.operations(body())
    group = _locked(group_id)
    plain, moves = _sorted(wanted)
    document = patch.apply(GROUPS, group.data, plain)
    cleaning.require(GROUPS, document)
    changed = directory_people.change_group(directory(), group, document)
    moved = [_move(group, move) for move in moves]
    if any(moved) and not changed:
        directory_people.touch_group(group)
    db.session.flush()
    return written(rendering.answer(_document(group)) if "attributes" in request.args else rendering.nothing(group))


def delete_group(group_id: uuid.UUID) -> Response:
    directory_people.delete_group(directory(), _locked(group_id), by=actor())
    return written(rendering.nothing())


def _sorted(wanted: list[Operation]) -> tuple[list[Operation], list[Operation]]:
    """Those about attributes, and those about members, which are rows."""
    plain, moves = [], []
    for operation in wanted:
        if not operation.path and isinstance(operation.value, dict):
            rest = {name: value for name, value in operation.value.items() if name.casefold() != "members"}
            for name in operation.value.keys() - rest.keys():
                moves.append(Operation(operation.name, "members", operation.value[name]))
            if rest:
                plain.append(Operation(operation.name, "", rest))
        else:
            bare = dialects.split_urn(GROUPS, operation.path)[1]
            about_members = bare.casefold().startswith("members")
            (moves if about_members else plain).append(Operation(operation.name, bare, operation.value))
    return plain, moves


def _move(group: DirectoryGroup, operation: Operation) -> bool:
    one = dialects.one_member(operation.path)
    if one is None and operation.path.casefold() != "members":
        raise invalid_path(
            f'Members are changed at “members” or at “members[value eq "…"]”, not at {operation.path[:80]!r}.'
        )
    named = [one] if one is not None else dialects.member_ids(operation.value)
    _limit(named)
    if operation.name == "remove":
        everybody = one is None and operation.value is None
        if everybody:
            return directory_people.set_members(directory(), group, [], by=actor())
        return directory_people.remove_members(directory(), group, _ids(named, strict=False), by=actor())
    if operation.name == "replace" and one is None:
        return directory_people.set_members(directory(), group, _ids(named), by=actor())
    return directory_people.add_members(directory(), group, _ids(named), by=actor())


def _members(sent: Document) -> list[str]:
    found = next((value for name, value in sent.items() if name.casefold() == "members"), None)
    named = dialects.member_ids(found)
    _limit(named)
    return named


def _limit(named: list[str]) -> None:
    if len(named) > current().scim_max_members:
        raise ScimError(413, f"More than {current().scim_max_members} members in one request. Send them in several.")


def _ids(named: list[str], *, strict: bool = True) -> list[uuid.UUID]:
    """Ids of ours; what cannot be one names nobody, which only a removal may pass over."""
    found = []
    for one in named:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            if strict:
                words = f"There is no person with the id {one[:60]!r} in this directory. Assign the people, then push the group."
                raise invalid_value(words) from None
    return found


def _locked(group_id: uuid.UUID) -> DirectoryGroup:
    found = reading.locked(directory(), GROUPS, group_id)
    if found is None:
        raise not_found("group")
    require_match(found[0])
    group: DirectoryGroup = found[0]
    return group


def _document(group: DirectoryGroup) -> Document:
    """As it is now in the database, with its members where they were asked for."""
    selection = Selection.asked(GROUPS)
    row = reading.one(directory(), GROUPS, group.id, selection) if selection.wants("members") else group
    return reading.document(directory(), GROUPS, row, selection)
