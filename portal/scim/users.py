"""/Users: create, read, list, replace, change, delete (RFC 7644 §3)."""

import uuid
from collections.abc import Mapping

from flask import Response, request

from portal.extensions import db
from portal.models import DirectoryUser
from portal.organizations import directory_people
from portal.scim import at_hand, cleaning, paging, patch, rendering
from portal.scim.attributes import PEOPLE
from portal.scim.entry import actor, body, directory, note_use
from portal.scim.errors import not_found
from portal.scim.preconditions import require_match, unchanged
from portal.scim.recording import record_write
from portal.scim.rendering import Document, Selection


def list_users(asked: Document | None = None) -> Response:
    given: Mapping[str, object] = asked if asked is not None else request.args
    page = paging.read(directory(), PEOPLE, DirectoryUser, paging.Query.read(given))
    documents = _documents(page.rows, Selection.asked(PEOPLE, asked))  # type: ignore[arg-type]
    return rendering.answer(rendering.listing(documents, page.total, paging.Query.read(given).start))


def show_user(user_id: uuid.UUID) -> Response:
    person = directory_people.find_user(directory(), user_id)
    if person is None:
        raise not_found("user")
    return unchanged(person) or rendering.answer(_document(person))


def create_user() -> Response:
    document = cleaning.clean(PEOPLE, body()).document
    cleaning.require(PEOPLE, document)
    person = directory_people.create_user(directory(), document, by=actor())
    return _written(rendering.answer(_document(person, fresh=True), 201))


def replace_user(user_id: uuid.UUID) -> Response:
    """PUT never creates; what is left out is cleared, but for `active`, which Okta always sends and others forget."""
    document = cleaning.clean(PEOPLE, body()).document
    cleaning.require(PEOPLE, document)
    person = _locked(user_id)
    if "active" in person.data:
        document.setdefault("active", person.data["active"])
    directory_people.change_user(directory(), person, document, by=actor())
    return _written(rendering.answer(_document(person)))


def change_user(user_id: uuid.UUID) -> Response:
    wanted = patch.operations(body())
    person = _locked(user_id)
    document = patch.apply(PEOPLE, person.data, wanted)
    cleaning.require(PEOPLE, document)
    directory_people.change_user(directory(), person, document, by=actor())
    return _written(rendering.answer(_document(person)))


def delete_user(user_id: uuid.UUID) -> Response:
    directory_people.delete_user(directory(), _locked(user_id), by=actor())
    return _written(rendering.nothing())


def _locked(user_id: uuid.UUID) -> DirectoryUser:
    person = directory_people.find_user(directory(), user_id, lock=True)
    if person is None:
        raise not_found("user")
    require_match(person)
    return person


def _document(person: DirectoryUser, *, fresh: bool = False) -> Document:
    """Somebody just made is in no group yet."""
    selection = Selection.asked(PEOPLE)
    if fresh:
        return rendering.user(directory(), person, (), selection)
    return _documents([person], selection)[0]


def _documents(people: list[DirectoryUser], selection: Selection) -> list[Document]:
    groups = directory_people.groups_of(directory(), people) if selection.wants("groups") else {}
    return [rendering.user(directory(), person, groups.get(person.id, ()), selection) for person in people]


def _written(response: Response) -> Response:
    if at_hand.part() is None:  # an operation of a bulk request is not the end of the transaction
        note_use()
        record_write(response)
        db.session.commit()
    return response
