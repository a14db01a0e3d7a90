"""/Groups: the same, with members changed by the difference, whatever the group's size."""

import uuid

from flask import Response, request

from portal.extensions import db
from portal.models import DirectoryGroup
from portal.organizations import directory_people
from portal.scim import cleaning, moving, patch, reading, rendering, resources
from portal.scim.attributes import GROUPS
from portal.scim.entry import actor, body, directory, place
from portal.scim.errors import not_found
from portal.scim.preconditions import require_match
from portal.scim.rendering import Document, Selection
from portal.scim.resources import written


def list_groups(asked: Document | None = None) -> Response:
    return resources.listed(GROUPS, asked)


def show_group(group_id: uuid.UUID) -> Response:
    return resources.shown(GROUPS, group_id)


def create_group() -> Response:
    sent = body()
    document = resources.cleaned(GROUPS, sent)
    group = directory_people.create_group(directory(), document, moving.listed(sent), by=actor())
    made_at = rendering.address(place(), GROUPS, group)
    return written(rendering.resource(_document(group), group, made_at))


def replace_group(group_id: uuid.UUID) -> Response:
    sent = body()
    document = resources.cleaned(GROUPS, sent)
    group = _locked(group_id)
    changed = directory_people.change_group(directory(), group, document)
    moved = directory_people.set_members(directory(), group, moving.listed(sent), by=actor())
    if moved and not changed:
        directory_people.touch_group(group)
    return written(rendering.resource(_document(group), group))


def change_group(group_id: uuid.UUID) -> Response:
    """204, as Entra asks, because a list of all members helps nobody; 200 where attributes are asked for (RFC 7644 §3.5.2)."""
    wanted = patch.operations(body())
    group = _locked(group_id)
    plain, moves = moving.sorted_out(wanted)
    document = patch.apply(GROUPS, group.data, plain)
    cleaning.require(GROUPS, document)
    changed = directory_people.change_group(directory(), group, document)
    moved = [moving.move(group, one) for one in moves]
    if any(moved) and not changed:
        directory_people.touch_group(group)
    db.session.flush()
    return written(
        rendering.resource(_document(group), group) if "attributes" in request.args else rendering.nothing(group)
    )


def delete_group(group_id: uuid.UUID) -> Response:
    directory_people.delete_group(directory(), _locked(group_id), by=actor())
    return written(rendering.nothing())


def _locked(group_id: uuid.UUID) -> DirectoryGroup:
    found = reading.locked(place(), GROUPS, group_id)
    if found is None:
        raise not_found("group")
    require_match(found[0])
    group: DirectoryGroup = found[0]
    return group


def _document(group: DirectoryGroup) -> Document:
    """As it is now in the database, with its members where they were asked for."""
    selection = Selection.asked(GROUPS)
    row = reading.one(place(), GROUPS, group.id, selection) if selection.wants("members") else group
    return reading.document(place(), GROUPS, row, selection)
