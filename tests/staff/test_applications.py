"""Support registers applications, and is told what the application has not acknowledged."""

from datetime import timedelta

import pytest
import time_machine

from portal.extensions import db
from portal.models import Client, Receipt
from portal.models.base import now
from portal.organizations import applications, members
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import add_member, make_user

FORM = {"name": "Notes", "redirect_uris": "https://app.example/callback\nhttps://app.example/other"}
PAGE = "/staff/applications"


@pytest.fixture
def support(client, app, sign_in):
    sign_in(client, make_user("sam@vestibule.example", name="Sam", staff=True))
    return client


def only():
    db.session.expire_all()
    return db.session.scalars(db.select(Client)).one()


def test_an_application_is_registered_and_its_secret_shown_once(support):
    made = support.submit(PAGE, FORM)
    secret = soup(made).select_one("#client-secret")["value"]

    assert applications.knows_secret(only(), secret)
    assert secret not in support.get(f"{PAGE}/{only().id}").text
    assert only().redirect_uris == FORM["redirect_uris"].split()


def test_what_cannot_be_used_is_said_at_the_field(support):
    answer = support.submit(PAGE, FORM | {"redirect_uris": "http://app.example/callback"})

    assert answer.status_code == 422
    assert "Give https:// addresses" in text(answer)
    assert support.submit(PAGE, {"name": ""}).status_code == 422


def test_addresses_are_changed_and_the_secret_rotated(support):
    support.submit(PAGE, FORM)
    one = f"{PAGE}/{only().id}"
    first = only().secret_hash

    support.submit(one, FORM | {"backchannel_logout_uri": "https://app.example/logout"})
    rotated = support.submit(f"{one}/secret", page=one)

    assert only().backchannel_logout_uri == "https://app.example/logout"
    assert applications.knows_secret(only(), soup(rotated).select_one("#client-secret")["value"])
    assert only().former_secret_hash == first
    support.submit(f"{one}/former-secret/end", page=one)
    assert only().former_until is None


def test_an_application_is_deleted_by_whoever_types_its_name(support):
    support.submit(PAGE, FORM)
    one = f"{PAGE}/{only().id}"

    assert support.submit(f"{one}/removal", {"name": "Other"}, page=one).status_code == 422
    support.submit(f"{one}/removal", {"name": "Notes"}, page=one)
    assert db.session.scalars(db.select(Client)).all() == []


def test_only_staff_come_here(client, acme, sign_in):
    sign_in(client, add_member(acme, "bo@acme.example").user)

    assert client.get(PAGE).status_code == client.get("/staff/receipts").status_code == 404


def test_what_is_not_acknowledged_stands_on_every_page(support, acme):
    members.suspend(add_member(acme, "bo@acme.example"), by=OPERATOR)
    db.session.execute(db.update(Receipt).values(expected=True))
    db.session.commit()
    receipt = db.session.scalars(db.select(Receipt)).one()
    one = f"/staff/organizations/{acme.id}/receipts/{receipt.id}"
    calm = text(support.get("/staff"))

    with time_machine.travel(now() + timedelta(hours=2)):
        alarmed, listed = text(support.get("/staff")), text(support.get("/staff/receipts"))
        shown, file = text(support.get(one)), support.get(f"{one}.json").get_json()

    words = "Your application has not acknowledged 1 deprovisioning."
    assert (words in calm, words in alarmed) == (False, True)
    assert "Bo" in listed
    assert "Access was off" in shown
    assert file["receipt"]["person"]["email"] == "bo@acme.example"
