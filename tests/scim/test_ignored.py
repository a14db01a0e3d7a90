"""What an IdP sends and nobody keeps is counted for support, and costs no request a statement."""

import sqlalchemy as sa

from portal.extensions import db
from portal.models import IgnoredAttribute
from portal.organizations import ignored
from portal.scim import recording
from tests.scim.test_bulk import bulk, user

UNKNOWN = "urn:example:params:scim:schemas:extension:2.0:User"


def counted(idp):
    return {one.name: one.times for one in ignored.of(idp.directory)}


def test_unknown_names_are_counted_with_post_and_put(idp):
    made = idp.create(favouriteColour="blue", **{UNKNOWN: {"x": 1}})

    idp.ask("PUT", f"/Users/{made['id']}", {"userName": made["userName"], "favouriteColour": "red"})
    idp.ask("POST", "/Groups", {"displayName": "G", "mailNickname": "g"})

    assert counted(idp) == {"favouriteColour": 2, UNKNOWN: 1, "mailNickname": 1}


def test_what_is_known_or_only_read_is_not_counted(idp):
    idp.create(title="Boss", groups=[], password="hunter2hunter2", meta={"resourceType": "User"}, id="1")

    assert "password" not in counted(idp)
    assert not counted(idp).keys() & {"title", "groups", "meta", "id"}


def test_a_refused_request_counts_nothing(idp):
    idp.ask("POST", "/Users", {"favouriteColour": "blue"})

    assert not counted(idp)


def test_a_bulk_request_counts_each_of_its_operations(idp):
    bulk(idp, user("a", favouriteColour="blue"), user("b", favouriteColour="red"))

    assert counted(idp) == {"favouriteColour": 2}


def test_names_without_end_fill_no_disk(idp, monkeypatch):
    monkeypatch.setattr(ignored, "MOST", 5)
    for number in range(4):
        idp.create(f"p{number}@acme.example", **{f"name{number}{letter}": 1 for letter in "abc"})

    assert len(db.session.scalars(sa.select(IgnoredAttribute)).all()) == 5


def test_in_production_they_wait_for_the_next_batch(app, idp, statements):
    idp.create("first@acme.example")
    plain = statements(lambda: idp.create("second@acme.example"))
    more = statements(lambda: idp.create("third@acme.example", favouriteColour="blue"))
    before = counted(idp)
    db.session.rollback()
    app.extensions["vestibule-exchanges"].write()

    assert (more, before, counted(idp)) == (plain, {}, {"favouriteColour": 1})


def test_no_request_brings_too_many_names(idp):
    idp.create(**{f"name{number}": 1 for number in range(recording.MOST_IGNORED + 10)})

    assert len(counted(idp)) == recording.MOST_IGNORED
