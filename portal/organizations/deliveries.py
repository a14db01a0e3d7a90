"""Telling webhooks of events: who is to be told of what, what is sent next, and what becomes of what was not heard.

Events of one organization go to one webhook in the order of the feed: that is a lane (see lanes.py). One event that fails
holds its lane back for a while, then the others go past it.
"""

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

import sqlalchemy as sa

from portal.extensions import db
from portal.models import NOBODYS, Delivery, DeliveryLane, DeliveryStatus, Event, Webhook
from portal.models.base import new_id, now
from portal.organizations import feed, lanes, webhooks
from portal.organizations.lanes import HELD, Lane

BACKOFF = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""The pauses between attempts: three days and a bit in all (Standard Webhooks, “Retry schedule”)."""

BATCH = 20
FAN_OUT = 500
KEPT = timedelta(days=30)
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True)
class Message:
    """What is sent, without anything that needs the database; `ordered` ones wait for those before them."""

    delivery_id: uuid.UUID
    id: str
    url: str
    body: bytes
    sealed_secrets: tuple[str, ...]
    ordered: bool


def behind() -> Sequence[uuid.UUID]:
    """Webhooks that have not been led to the end of the feed."""
    return db.session.scalars(sa.select(Webhook.id).where(Webhook.enabled, Webhook.position < feed.end())).all()


def fan_out(webhook_id: uuid.UUID) -> bool:
    """Lead this webhook on along the feed: a delivery for each event it wants to hear of. True when there is more."""
    held = sa.select(Webhook).where(Webhook.id == webhook_id, Webhook.enabled)
    held = held.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    webhook = db.session.scalars(held).one_or_none()
    if webhook is None:
        return False
    stretch = feed.read(
        webhook.position, limit=FAN_OUT, organization_id=webhook.organization_id, names=webhook.event_names
    )
    fresh = [event for event in stretch.events if event.at >= webhook.created_at]
    if fresh:
        db.session.execute(sa.insert(Delivery), [_delivery(webhook_id, event) for event in fresh])
        for lane_id in sorted({event.organization_id or NOBODYS for event in fresh}):
            lanes.open_for(webhook_id, lane_id)
    webhook.position = stretch.next
    return stretch.more


def messages(lane: Lane) -> list[Message]:
    """What may be sent now: the first ones in order, up to one that must wait; then those others went past."""
    at = now()
    first = takewhile(lambda row: row[0].due_at <= at, _waiting(lane, Delivery.attempts < HELD))
    passed = _waiting(lane, Delivery.attempts >= HELD, Delivery.due_at <= at)
    return [_message(*row, at, True) for row in first] + [_message(*row, at, False) for row in passed]


def heard(message: Message, answered: str) -> None:
    _finish(message.delivery_id, DeliveryStatus.DELIVERED, answered)


def unheard(message: Message, answered: str, *, wait: timedelta | None = None) -> None:
    """Tried again later, and later still; after the last pause it is dead, and only a hand revives it."""
    delivery = db.session.get(Delivery, message.delivery_id)
    if delivery is None:
        return
    delivery.attempts += 1
    delivery.tried_at, delivery.answered = now(), answered
    if delivery.attempts > len(BACKOFF):
        delivery.status, delivery.finished_at = DeliveryStatus.DEAD, now()
        return
    pause = BACKOFF[delivery.attempts - 1] * random.uniform(1, 1.1)  # noqa: S311 (spreads load, hides nothing)
    delivery.due_at = now() + max(pause, min(wait or pause, LONGEST_WAIT))


def gone(lane: Lane) -> None:
    """410: stop telling them."""
    if webhook := webhooks.get(lane.webhook_id):
        webhooks.disable_gone(webhook)


def listed(webhook: Webhook, status: DeliveryStatus | None) -> "sa.Select[Delivery]":
    found = sa.select(Delivery).where(Delivery.webhook_id == webhook.id)
    return found.where(Delivery.status == status) if status else found


def get(webhook: Webhook, delivery_id: uuid.UUID) -> Delivery | None:
    return db.session.scalars(listed(webhook, None).where(Delivery.id == delivery_id)).one_or_none()


def replay(delivery: Delivery) -> None:
    """Send it again at once, with all its attempts before it, whatever became of it."""
    _revive(Delivery.id == delivery.id)
    lanes.wake(DeliveryLane.webhook_id == delivery.webhook_id, DeliveryLane.lane_id == delivery.lane_id)
    db.session.refresh(delivery)


def replay_all(webhook: Webhook) -> int:
    """Send the dead ones again, and what waits for its next attempt; returns how many."""
    revived = _revive(Delivery.webhook_id == webhook.id, Delivery.status != DeliveryStatus.DELIVERED)
    lanes.wake(DeliveryLane.webhook_id == webhook.id)
    return revived


def forget_old() -> None:
    """What was heard a month ago."""
    old = (Delivery.status == DeliveryStatus.DELIVERED, Delivery.due_at < now() - KEPT)
    db.session.execute(sa.delete(Delivery).where(*old))


def _delivery(webhook_id: uuid.UUID, event: Event) -> dict[str, object]:
    lane_id = event.organization_id or NOBODYS
    position = event.position
    return {"id": new_id(), "webhook_id": webhook_id, "event_id": event.id, "lane_id": lane_id, "position": position}


def _waiting(lane: Lane, *which: sa.ColumnElement[bool]) -> list[tuple[Delivery, Event, Webhook]]:
    found = (
        sa.select(Delivery, Event, Webhook)
        .join(Event, Event.id == Delivery.event_id)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .where(*lanes.waiting_in(lane), *which)
    )
    rows = db.session.execute(found.order_by(Delivery.position).limit(BATCH))
    return [(row[0], row[1], row[2]) for row in rows]


def _message(delivery: Delivery, event: Event, webhook: Webhook, at: datetime, ordered: bool) -> Message:
    body = json.dumps(feed.tell(event), ensure_ascii=False, separators=(",", ":")).encode()
    return Message(delivery.id, str(event.id), webhook.url, body, tuple(webhook.sealed_secrets(at)), ordered)


def _finish(delivery_id: uuid.UUID, status: DeliveryStatus, answered: str) -> None:
    at = now()
    values = {"status": status, "answered": answered, "tried_at": at, "finished_at": at}
    finished = sa.update(Delivery).where(Delivery.id == delivery_id)
    db.session.execute(finished.values(attempts=Delivery.attempts + 1, **values))


def _revive(*which: sa.ColumnElement[bool]) -> int:
    values = {"status": DeliveryStatus.WAITING, "attempts": 0, "due_at": now(), "finished_at": None}
    return db.session.execute(sa.update(Delivery).where(*which).values(**values)).rowcount  # type: ignore[attr-defined]
