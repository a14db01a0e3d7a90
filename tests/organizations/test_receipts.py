"""What is left when somebody's access ends, and how it is known that the application has heard."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.extensions import db
from portal.models import ApiKey, Delivery, DeliveryStatus, Event, Mail, Receipt
from portal.models.base import now
from portal.organizations import (
    acknowledgements,
    api_keys,
    deliveries,
    feed,
    measures,
    members,
    organization_keys,
    receipt_files,
    receipts,
    sessions,
    signing_keys,
    sync,
    webhooks,
)
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.organizations.refusals import UnknownKey
from tests.factories import add_member, directory_actor, make_directory, make_user, member_of, provision

HOUR = timedelta(hours=1, minutes=1)


@pytest.fixture
def bo(acme):
    return add_member(acme, "bo@acme.example")


def only():
    db.session.expire_all()
    return db.session.scalars(sa.select(Receipt)).one()


def tell_webhook(*, heard):
    """What the worker does, up to the answer of the application."""
    feed.place()
    for webhook_id in deliveries.behind():
        deliveries.fan_out(webhook_id)
    delivery = db.session.scalars(sa.select(Delivery).join(Event).where(Event.name == "member.suspended")).one()
    delivery.tried_at = now()
    if heard:
        delivery.status, delivery.finished_at = DeliveryStatus.DELIVERED, now()
    db.session.commit()


@pytest.mark.parametrize("how", ["suspend", "remove", "inactive", "deleted"])
def test_every_way_to_leave_leaves_one_receipt(acme, how):
    directory = make_directory(acme)
    person = provision(directory, "bo@acme.example")
    bo, by = member_of(acme, "bo@acme.example"), directory_actor(directory)
    if how == "inactive":
        person.active = False
        sync.apply_user(directory, person, by=by)
    elif how == "deleted":
        sync.forget_user(directory, person, by=by)
    else:
        getattr(members, how)(bo, by=Actor(Door.ACCOUNT, "", "Ada"))
    db.session.commit()

    receipt = only()
    event = db.session.get(Event, receipt.event_id)
    assert (receipt.membership_id, receipt.user_id) == (bo.id, bo.user_id)
    assert event.name == f"member.{receipt.deed}"
    assert event.data["receipt_id"] == str(receipt.id)


def test_keys_and_sessions_of_the_person_end_in_the_same_transaction(acme, globex, bo):
    sessions.open_locally(bo.user, sessions.Method.PASSWORD, by=OPERATOR)
    elsewhere = add_member(globex, bo.user)
    _, mine = organization_keys.issue(acme, "CI", by=OPERATOR, membership=bo)
    _, theirs = organization_keys.issue(globex, "CI", by=OPERATOR, membership=elsewhere)
    _, companys = organization_keys.issue(acme, "Sync", by=OPERATOR)

    members.suspend(bo, by=OPERATOR)
    db.session.commit()

    with pytest.raises(UnknownKey):
        organization_keys.check(mine)
    assert organization_keys.check(theirs)
    assert organization_keys.check(companys)
    assert only().keys_ended == 1
    members.restore(bo, by=OPERATOR)
    with pytest.raises(UnknownKey):
        organization_keys.check(mine)


def test_the_time_is_measured_from_the_request(acme, bo):
    since = now() - timedelta(milliseconds=1234)

    members.suspend(bo, by=Actor(Door.SCIM, "", "Okta", since))
    db.session.commit()

    assert only().requested_at == since
    assert 1234 <= only().milliseconds < 3000
    assert measures.take().seconds_to_no_access["0.95"] == only().milliseconds / 1000


def test_the_95th_of_a_hundred_is_told(acme, bo):
    members.suspend(bo, by=OPERATOR)
    db.session.flush()
    names = {column.key for column in Receipt.__table__.columns} - {"id", "milliseconds"}
    shared = {name: getattr(only(), name) for name in names}
    for milliseconds in range(1, 100):
        db.session.add(Receipt(**shared, milliseconds=milliseconds * 1000))
    db.session.flush()

    assert measures.take().seconds_to_no_access == {"0.5": 49.0, "0.95": 94.0, "1": 99.0}


@pytest.mark.parametrize("heard", [True, False])
def test_a_webhook_tells_and_acknowledges(acme, bo, heard):
    webhooks.create("https://app.example/hook", by=OPERATOR)
    members.suspend(bo, by=OPERATOR)
    db.session.commit()
    tell_webhook(heard=heard)

    acknowledgements.settle()

    assert only().expected is True
    assert only().told_at is not None
    assert (only().acknowledged_by == "webhook") is heard


def test_a_reader_of_the_feed_acknowledges_by_reading_on(acme, bo):
    key, _ = api_keys.issue("The application", ["events:read"], by=OPERATOR)
    members.suspend(bo, by=OPERATOR)
    db.session.flush()
    feed.place()
    position = db.session.get(Event, only().event_id).position
    api_keys.note_position(key.id, position - 1)

    acknowledgements.settle()
    before = only().acknowledged_at
    api_keys.note_position(key.id, position)
    acknowledgements.settle()

    assert before is None
    assert only().acknowledged_by == "feed of events"
    assert only().told_at


def test_where_nobody_listens_nobody_is_expected(acme, bo):
    members.suspend(bo, by=OPERATOR)
    db.session.commit()

    with time_machine.travel(now() + HOUR):
        acknowledgements.settle()
        assert acknowledgements.count_overdue() == 0

    assert only().expected is False
    assert "No application listens" in receipts.steps(only())[3].detail


def test_support_is_told_once_when_nothing_is_acknowledged(acme, bo):
    make_user("sam@vestibule.example", staff=True)
    webhooks.create("https://app.example/hook", by=OPERATOR)
    members.suspend(bo, by=OPERATOR)
    db.session.commit()
    tell_webhook(heard=False)
    acknowledgements.settle()
    early = acknowledgements.count_overdue()

    with time_machine.travel(now() + HOUR):
        for _ in range(2):
            acknowledgements.settle()
            acknowledgements.alert()
        assert (early, acknowledgements.count_overdue()) == (0, 1)
        assert acknowledgements.alarm() == "Your application has not acknowledged 1 deprovisioning."

    mails = db.session.scalars(sa.select(Mail).where(Mail.subject.contains("acknowledged"))).all()
    assert [(one.recipient, one.subject) for one in mails] == [
        ("sam@vestibule.example", "Your application has not acknowledged 1 deprovisioning")
    ]


def test_an_acknowledgement_ends_the_alarm(acme, bo):
    webhooks.create("https://app.example/hook", by=OPERATOR)
    members.suspend(bo, by=OPERATOR)
    db.session.commit()
    tell_webhook(heard=False)
    acknowledgements.settle()

    with time_machine.travel(now() + HOUR):
        receipts.acknowledge(only(), by=Actor(Door.API, "", "The application"))
        assert acknowledgements.count_overdue() == 0
    assert only().acknowledged_by == "The application"


def test_a_receipt_proves_itself_also_when_its_key_is_retired(app, acme, bo, client):
    members.suspend(bo, by=Actor(Door.ACCOUNT, "", "Ada"))
    db.session.commit()
    file = receipt_files.file(only())
    for days in (0, 2, 4):
        with time_machine.travel(now() + timedelta(days=days)):
            signing_keys.rotate(by=OPERATOR)
            db.session.commit()

    present = client.get("/.well-known/jwks.json").get_json()
    retired = client.get("/.well-known/retired-keys.json").get_json()
    read = jwt.decode(file["jws"], KeySet.import_key_set({"keys": present["keys"] + retired["keys"]}), ["RS256"])

    assert read.claims == file["receipt"]
    assert [step["step"] for step in read.claims["steps"]] == [
        "request_in", "access_off", "sessions_ended", "application_told", "application_acknowledged",
    ]  # fmt: skip
    assert read.header["typ"] == "offboarding-receipt+jwt"
    assert not [key for key in retired["keys"] if "d" in key]


def test_of_a_retired_key_only_the_public_half_is_kept(app):
    first = signing_keys.present()
    for days in (0, 2, 4):
        with time_machine.travel(now() + timedelta(days=days)):
            signing_keys.rotate(by=OPERATOR)

    assert first.private == ""
    with time_machine.travel(now() + timedelta(days=6)):
        assert signing_keys.present().private
        assert first in signing_keys.retired()


def test_a_revoked_reader_is_expected_no_more(acme, bo):
    key, _ = api_keys.issue("The application", ["events:read"], by=OPERATOR)
    db.session.execute(sa.update(ApiKey).values(feed_position=0))
    api_keys.revoke(key, by=OPERATOR)
    members.suspend(bo, by=OPERATOR)
    db.session.commit()

    acknowledgements.settle()

    assert only().expected is None
