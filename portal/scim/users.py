"""/Users: create, read, list, replace, change, delete (RFC 7644 §3)."""

import uuid

from flask import Response

from portal.models import DirectoryUser
from portal.organizations import directory_people
from portal.scim import cleaning, patch, reading, rendering, resources
from portal.scim.entry import actor, body, directory, place
from portal.scim.errors import not_found
from portal.scim.kinds import people
from portal.scim.preconditions import require_match
from portal.scim.rendering import Document, Link, Selection
from portal.scim.resources import written


def list_users(asked: Document | None = None) -> Response:
    return resources.listed(people(), asked)


def show_user(user_id: uuid.UUID) -> Response:
    return resources.shown(people(), user_id)


def create_user() -> Response:
    document = resources.cleaned(people(), body())
    document.setdefault("active", True)  # RFC 7643 §4.1.1: what it means is ours to say, and so is what is left unsaid
    person = directory_people.create_user(directory(), document, by=actor())
    made_at = rendering.address(place(), people(), person)
    return written(rendering.resource(_document(person, []), person, made_at))


def replace_user(user_id: uuid.UUID) -> Response:
    """PUT never creates; what is left out is cleared, but for `active`, which Okta always sends and others forget."""
    document = resources.cleaned(people(), body())
    person, groups = _locked(user_id)
    if "active" in person.data:
        document.setdefault("active", person.data["active"])
    directory_people.change_user(directory(), person, document, by=actor())
    return written(rendering.resource(_document(person, groups), person))


def change_user(user_id: uuid.UUID) -> Response:
    wanted = patch.operations(body())
    person, groups = _locked(user_id)
    document = patch.apply(people(), person.data, wanted)
    cleaning.require(people(), document)
    directory_people.change_user(directory(), person, document, by=actor())
    return written(rendering.resource(_document(person, groups), person))


def delete_user(user_id: uuid.UUID) -> Response:
    directory_people.delete_user(directory(), _locked(user_id)[0], by=actor())
    return written(rendering.nothing())


def _locked(user_id: uuid.UUID) -> tuple[DirectoryUser, list[Link]]:
    found = reading.locked(place(), people(), user_id)
    if found is None:
        raise not_found("user")
    require_match(found[0])
    return found[0], found[1] or []


def _document(person: DirectoryUser, groups: list[Link]) -> Document:
    return rendering.user(place(), person, groups, Selection.asked(people()))
