"""Webhooks on the wire: signed, in order, tried again, and nobody waits for a slow one."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.cli import sending
from portal.extensions import db
from portal.models import Delivery, DeliveryLane, DeliveryStatus, Webhook
from portal.models.base import now
from portal.organizations import deliveries, events, webhooks
from portal.organizations.actors import OPERATOR
from tests.receivers import make_receiver, receiver, trusting  # noqa: F401

pytestmark = pytest.mark.usefixtures("trusting")
THREE_DAYS = timedelta(days=3)


@pytest.fixture
def hook(acme, receiver):  # noqa: F811
    return make_hook(receiver)


def make_hook(receiver, **kwargs):  # noqa: F811
    row, secret = webhooks.create(receiver.url, by=OPERATOR, event_names=["test.*"], **kwargs)
    receiver.secrets.append(secret)
    db.session.commit()
    return row


def say(organization, count=1):
    for number in range(count):
        events.record("test.said", organization, organization, by=OPERATOR, number=number)
    db.session.commit()


def numbers(receiver):  # noqa: F811
    return [event["data"]["number"] for event in receiver.heard]


def send(app):
    db.session.commit()
    sending.once(app)
    db.session.expire_all()


def test_an_event_is_sent_signed_by_the_standard(app, acme, receiver, hook):  # noqa: F811
    say(acme)
    send(app)
    send(app)

    ((status, said, headers),) = receiver.got
    assert not receiver.wrong
    assert status == 200
    assert headers["webhook-id"] == said["id"]
    assert headers["Content-Type"] == "application/json"
    assert (said["type"], said["organization_id"], said["data"]) == ("test.said", str(acme.id), {"number": 0})
    delivery = db.session.scalars(sa.select(Delivery)).one()
    assert (delivery.status, delivery.answered, delivery.attempts) == (DeliveryStatus.DELIVERED, "HTTP 200", 1)


def test_what_was_not_asked_for_is_not_sent(app, acme, globex, receiver):  # noqa: F811
    make_hook(receiver, organization=globex)
    say(acme)
    say(globex, 2)
    send(app)

    assert {event["organization_id"] for event in receiver.heard} == {str(globex.id)}
    assert len(receiver.heard) == 2


def test_both_secrets_sign_while_they_overlap(app, acme, receiver, hook):  # noqa: F811
    receiver.secrets.append(webhooks.rotate_secret(hook, by=OPERATOR))
    say(acme)
    send(app)
    with time_machine.travel(now() + webhooks.OVERLAP + timedelta(seconds=1)):
        del receiver.secrets[0]
        say(acme)
        send(app)

    assert not receiver.wrong
    assert [len(headers["webhook-signature"].split()) for _, _, headers in receiver.got] == [2, 1]


def test_one_that_is_not_heard_holds_back_those_behind_it_for_a_while(app, acme, globex, receiver, hook):  # noqa: F811
    receiver.answers = [500]
    say(acme, 3)
    send(app)
    assert numbers(receiver) == []
    say(globex)
    send(app)
    assert [event["organization_id"] for event in receiver.heard] == [str(globex.id)]

    with time_machine.travel(now() + timedelta(seconds=10)):
        send(app)
    assert numbers(receiver)[1:] == [0, 1, 2]


def test_after_half_an_hour_the_others_go_past(app, acme, receiver, hook):  # noqa: F811
    say(acme, 3)
    receiver.answers = [500] * 4
    for passed, heard in ((0, []), (6, []), (400, []), (2_500, [1, 2])):
        with time_machine.travel(now() + timedelta(seconds=passed)):
            send(app)
        assert numbers(receiver) == heard

    with time_machine.travel(now() + timedelta(hours=4)):
        send(app)
    assert numbers(receiver) == [1, 2, 0]


def test_after_three_days_it_is_dead_and_a_hand_revives_it(app, acme, receiver, hook):  # noqa: F811
    say(acme)
    receiver.answers = [500] * 10
    began = at = now()
    while not _any() or _one().status is DeliveryStatus.WAITING:
        with time_machine.travel(at):
            send(app)
        at = _one().due_at + timedelta(seconds=1)

    assert THREE_DAYS < at - began < THREE_DAYS + timedelta(hours=12)
    assert (_one().status, _one().attempts, len(receiver.got)) == (DeliveryStatus.DEAD, 10, 10)
    with time_machine.travel(at + timedelta(days=30)):
        send(app)
        assert len(receiver.got) == 10
        deliveries.replay_all(hook)
        send(app)
    assert numbers(receiver) == [0]
    assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 1


def test_a_receiver_says_when_to_come_again(app, acme, receiver, hook):  # noqa: F811
    receiver.answers, receiver.headers = [429], {"Retry-After": "600"}
    say(acme)
    send(app)

    assert timedelta(seconds=590) < _one().due_at - now() < timedelta(seconds=610)


def test_410_ends_the_telling(app, acme, receiver, hook):  # noqa: F811
    receiver.answers = [410]
    say(acme, 2)
    send(app)
    say(acme)
    send(app)

    assert len(receiver.got) == 1
    assert db.session.get(Webhook, hook.id).disabled_because == "The address answered 410 Gone."
    webhooks.change(hook, by=OPERATOR, enabled=True)
    deliveries.replay_all(hook)
    send(app)
    assert numbers(receiver) == [0, 1, 0]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://10.0.0.1/hook", "private network"),
        ("https://[::1]/hook", "private network"),
        ("https://metadata.invalid/hook", "no host of this name"),
        ("http://example.com/hook", "must begin with https://"),
        ("https://example.com:8443/hook", "must begin with https://"),
    ],
)
def test_an_address_inside_is_not_told(app, acme, url, words):
    webhooks.create(url, by=OPERATOR, event_names=["test.*"])
    say(acme)
    send(app)

    assert words in _one().answered
    assert _one().status is DeliveryStatus.WAITING


def test_a_redirect_is_not_followed(app, acme, receiver, hook):  # noqa: F811
    receiver.answers, receiver.headers = [307], {"Location": receiver.url}
    say(acme)
    send(app)

    assert (_one().answered, len(receiver.got)) == ("HTTP 307", 1)


def test_a_slow_receiver_keeps_nobody_else_waiting(app, acme, globex, make_receiver):  # noqa: F811
    slow, quick = make_receiver(), make_receiver()
    slow.open.clear()
    make_hook(slow)
    make_hook(quick)
    sender = sending.Sender(app)
    for _ in range(5):
        say(acme, 5)
        say(globex, 5)
        db.session.commit()
        sender.round()
    stopped = threading.Event()
    turning = threading.Thread(target=_turn, args=(sender, stopped))
    turning.start()
    try:
        quick.wait_for(50)
        assert slow.got == []
    finally:
        stopped.set()
        turning.join()
        slow.open.set()
        sender.wait_until_idle()


def test_a_lane_has_one_sender_and_outlives_it(app, acme, receiver, hook):  # noqa: F811
    """The first worker is killed between taking the lane and sending."""
    say(acme, 2)
    killed = sending.Sender(app)
    killed._prepare()
    taken = killed._lease(hook.id)
    send(app)
    assert (len(taken), receiver.got) == (1, [])

    with time_machine.travel(taken[0].until + timedelta(seconds=1)):
        send(app)
    assert numbers(receiver) == [0, 1]
    assert db.session.scalars(sa.select(DeliveryLane.leased_until)).all() == [None]


def test_what_was_heard_a_month_ago_is_forgotten(app, acme, receiver, hook):  # noqa: F811
    say(acme)
    send(app)
    with time_machine.travel(now() + deliveries.KEPT + timedelta(days=1)):
        deliveries.forget_old()
        db.session.commit()

    assert not _any()


def _turn(sender, stopped):
    while not stopped.wait(0.1):
        sender.round()


def _any():
    return db.session.scalars(sa.select(Delivery).limit(1)).first() is not None


def _one():
    db.session.expire_all()
    return db.session.scalars(sa.select(Delivery)).one()
