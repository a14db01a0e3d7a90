"""Webhooks as the application manages them."""

import uuid

import pytest

from portal.cli import sending
from portal.extensions import db
from portal.models import Webhook
from tests.factories import add_member
from tests.receivers import make_receiver, receiver, trusting  # noqa: F401

pytestmark = pytest.mark.usefixtures("trusting")


@pytest.fixture
def made(program, acme, receiver):  # noqa: F811
    made = program.post("/webhooks", {"url": receiver.url, "organization": "acme", "event_names": ["member.*"]})
    receiver.secrets.append(made["secret"])
    return made


def test_a_webhook_tells_of_what_happens_from_now_on(app, program, acme, globex, receiver, made):  # noqa: F811
    membership = add_member(acme, "bo@acme.example")
    add_member(globex, "cy@globex.example")
    sending.once(app)
    fed = program.get(f"/events?organization_id={acme.id}&type=member.added")["data"]

    assert receiver.heard == [fed[-1]]
    assert receiver.heard[0]["subject"]["id"] == str(membership.id)
    assert not receiver.wrong
    sent = program.get(f"/webhooks/{made['id']}/deliveries")["data"]
    assert [(one["status"], one["answered"], one["attempts"]) for one in sent] == [("delivered", "HTTP 200", 1)]


def test_the_secret_is_shown_once_and_kept_encrypted(program, made):
    row = db.session.get(Webhook, uuid.UUID(made["id"]))

    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in row.secret
    assert "secret" not in program.get(f"/webhooks/{made['id']}")
    assert "secret" not in program.get("/webhooks")["data"][0]
    rotated = program.post(f"/webhooks/{made['id']}/secret")
    assert rotated["secret"] != made["secret"]
    assert rotated["former_secret_until"]


def test_a_webhook_is_changed_switched_off_and_deleted(app, program, acme, receiver, made):  # noqa: F811
    one = f"/webhooks/{made['id']}"
    assert program.patch(one, {"enabled": False})["disabled_because"]
    add_member(acme, "bo@acme.example")
    sending.once(app)
    assert receiver.heard == []

    assert program.patch(one, {"enabled": True, "event_names": []})["event_names"] == []
    sending.once(app)
    assert "member.added" in [event["type"] for event in receiver.heard]
    program.delete(one)
    program.get(one, 404)


def test_what_was_not_heard_is_replayed_by_hand(app, program, acme, receiver, made):  # noqa: F811
    receiver.answers = [500]
    add_member(acme, "bo@acme.example")
    sending.once(app)
    one = f"/webhooks/{made['id']}"
    waiting = program.get(f"{one}/deliveries?status=waiting")["data"]
    assert [(delivery["attempts"], delivery["answered"]) for delivery in waiting] == [(1, "HTTP 500")]
    assert program.get(f"{one}/deliveries?status=dead")["data"] == []

    assert program.post(f"{one}/replay", status=200) == {"replayed": 1}
    sending.once(app)
    assert len(receiver.heard) == 1
    program.post(f"{one}/deliveries/{waiting[0]['id']}/replay", status=200)
    sending.once(app)
    assert [event["id"] for event in receiver.heard] == [waiting[0]["event_id"]] * 2


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://example.com/hook"},
        {"url": "https://user:word@example.com/hook"},
        {"url": "file:///etc/passwd"},
        {"url": "https://example.com:22/"},
        {"url": "https://example.com/hook", "event_names": ["member"]},
        {"url": "https://example.com/hook", "event_names": ["*"]},
    ],
)
def test_an_address_or_name_that_cannot_be_used_is_refused(program, body):
    assert program.post("/webhooks", body, 422)["code"] == "invalid"
