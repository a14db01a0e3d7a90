"""Every hard filter finds exactly whom it should, on either database."""

import json
import uuid
from datetime import datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from portal.extensions import db
from portal.models import DirectoryUser
from portal.organizations import directory_people
from portal.scim import cleaning, filters, paging
from portal.scim.attributes import PEOPLE
from portal.scim.errors import ScimError
from portal.scim.expressions import Compiler
from portal.scim.queries import Query
from portal.scim.rendering import Selection
from tests.factories import directory_actor, make_directory
from tests.scim.filter_corpus import USERS, C

IDS = {number: uuid.UUID(int=number) for number in USERS}


@pytest.fixture
def people(acme):
    """The corpus's people, with ids and times of its own."""
    directory = make_directory(acme)
    for number, document in USERS.items():
        clean = cleaning.clean(PEOPLE, document).document
        person = directory_people.create_user(directory, clean, by=directory_actor(directory))
        db.session.flush()
        values = {
            "id": IDS[number],
            "created_at": datetime.fromisoformat(document["meta"]["created"]),
            "changed_at": datetime.fromisoformat(document["meta"]["lastModified"]),
        }
        db.session.execute(sa.update(DirectoryUser).where(DirectoryUser.id == person.id).values(**values))
    db.session.commit()
    return directory


def find(directory, text):
    """By the short way of look-ups where it is one, and always by the long one."""
    condition = Compiler(PEOPLE, DirectoryUser).condition(filters.parse(text))
    rows = db.session.scalars(sa.select(DirectoryUser.id).where(DirectoryUser.directory_id == directory.id, condition))
    found = {one.int for one in rows}
    page = paging.read(directory, PEOPLE, Query(filter=text, count=len(USERS)), Selection())
    assert ({row.id.int for row in page.rows}, page.total) == (found, len(found))
    return found


def with_real_ids(text):
    return text.replace('"id-3"', f'"{IDS[3]}"')


def test_the_whole_corpus_finds_whom_it_should(people):
    wrong = []
    for text, expected, why in C:
        try:
            found = find(people, with_real_ids(text))
        except ScimError as error:
            found = "ERR" if error.scim_type == "invalidFilter" else repr(error)
        if isinstance(expected, set) and found != expected:
            wrong.append((text[:100], expected, found, why))
        if expected == "ERR" and found != "ERR":
            wrong.append((text[:100], expected, found, why))

    assert not wrong


@pytest.mark.parametrize("text", [text for text, expected, _ in C if expected == "PARSE"])
def test_what_the_grammar_allows_is_understood(text):
    assert filters.parse(text)


@pytest.mark.parametrize(
    "text", ['nosuch eq "x"', 'userName eq "a" and nosuch eq "x"', 'emails.nosuch eq "x"', 'emails[nosuch eq "x"]']
)
def test_an_unknown_attribute_is_refused_and_never_left_out(people, text):
    with pytest.raises(ScimError) as error:
        find(people, text)

    assert (error.value.status, error.value.scim_type) == (400, "invalidFilter")


@pytest.mark.parametrize("name", ["userName", "externalId", "displayName", "id"])
@given(st.text(max_size=60))
def test_a_plain_look_up_means_what_the_grammar_says(name, value):
    text = f"{name} eq {json.dumps(value, ensure_ascii=False)}"

    assert _understood(text) == _understood(f"({text})")


def _understood(text):
    try:
        return filters.parse(text)
    except ScimError as error:
        return error.scim_type


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text):
    try:
        filters.parse(text)
    except ScimError as error:
        assert error.scim_type == "invalidFilter"
