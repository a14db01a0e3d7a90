"""A flood at one connection is held back before anything is read, and keeps nobody else out (saml.md §6.12)."""

import uuid

import pytest
import time_machine

from portal.extensions import db
from portal.models import Exchange, LoginTransaction
from portal.models.base import now
from portal.web import limits
from tests.factories import make_connection, make_organization
from tests.saml.conftest import configuration, place


@pytest.fixture
def door(make_app):
    """Two connections where three requests a second are allowed, at one standing moment."""
    app = make_app(saml_rate=3)
    with app.app_context(), time_machine.travel(now().replace(microsecond=0), tick=False):
        acme = make_organization("Acme", domain="acme.example", owner="ada@acme.example")
        yield app, make_connection(acme, configuration()), make_connection(acme, configuration())
        db.session.rollback()


def statuses(app, connection, address, count=5, **sent):
    client = app.test_client()
    environ = {"REMOTE_ADDR": address}
    if sent:
        return [
            client.post(place(connection, "acs"), data=sent, environ_base=environ).status_code for _ in range(count)
        ]
    return [client.get(place(connection, "login"), environ_base=environ).status_code for _ in range(count)]


def test_questions_are_held_back_before_anything_is_written(door):
    app, connection, _ = door

    assert statuses(app, connection, "192.0.2.1") == [303, 303, 303, 429, 429]
    assert db.session.query(LoginTransaction).count() == 3


def test_answers_are_held_back_before_anything_is_read(door):
    app, connection, _ = door

    assert statuses(app, connection, "192.0.2.1", SAMLResponse="bm9uc2Vuc2U=") == [303, 303, 303, 429, 429]
    assert db.session.query(Exchange).count() == 3


def test_it_says_when_to_come_again(door):
    app, connection, _ = door
    statuses(app, connection, "192.0.2.1")

    answer = app.test_client().get(place(connection, "login"), environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert answer.headers["Retry-After"] == "1"


def test_others_still_come_in_and_so_does_everybody_at_another_connection(door):
    app, connection, other = door
    statuses(app, connection, "192.0.2.1", count=20)

    assert statuses(app, connection, "192.0.2.2", count=1) == [303]
    assert statuses(app, other, "192.0.2.1", count=1) == [303]


def test_from_all_addresses_together_there_is_an_end_too(door):
    app, connection, _ = door

    seen = [statuses(app, connection, f"192.0.2.{host}", count=3) for host in range(limits.FROM_ALL + 1)]

    assert seen[-2:] == [[303] * 3, [429] * 3]


def test_connections_that_do_not_exist_cost_nothing_more(door):
    app, _, _ = door

    assert app.test_client().get(f"/saml/{uuid.uuid4()}/login").status_code == 404
