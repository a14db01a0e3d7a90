"""Lanes: one organization's deliveries to one webhook, one after the other.

A lane is leased to one sender at a time, so that any number of workers may run. What a killed worker held is taken up when
its lease has ended, and is sent again: at least once, never lost.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Delivery, DeliveryLane, DeliveryStatus, Webhook
from portal.models.base import now

HELD = 4
"""After so many attempts, about half an hour, an event no longer holds back those behind it."""

LEASE = timedelta(seconds=90)


@dataclass(frozen=True)
class Lane:
    """A lane that is ours to send until `until`."""

    webhook_id: uuid.UUID
    lane_id: uuid.UUID
    until: datetime


def ready() -> Sequence[uuid.UUID]:
    """Webhooks with a lane that may be sent."""
    due = sa.exists().where(DeliveryLane.webhook_id == Webhook.id, *_free(now()))
    return db.session.scalars(sa.select(Webhook.id).where(Webhook.enabled, due).order_by(Webhook.id)).all()


def lease(webhook_id: uuid.UUID, most: int) -> list[Lane]:
    """Take up to `most` lanes of this webhook; no two senders are given the same one."""
    at = now()
    free = (
        sa.select(DeliveryLane)
        .where(DeliveryLane.webhook_id == webhook_id, *_free(at))
        .order_by(DeliveryLane.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    taken = db.session.scalars(free).all()
    for row in taken:
        row.leased_until = at + LEASE
    return [Lane(row.webhook_id, row.lane_id, at + LEASE) for row in taken]


def release(lane: Lane) -> None:
    """Give the lane back, with the time when somebody should look again. A lease that another has taken over is theirs."""
    row = _held(lane.webhook_id, lane.lane_id)
    if row is None or row.leased_until != lane.until:
        return
    due_at = _next_due(lane)
    row.leased_until, row.due_at = None, due_at


def open_for(webhook_id: uuid.UUID, lane_id: uuid.UUID) -> None:
    """Waits for whoever is just giving it back, so that no event falls between. Whoever calls this holds the webhook, so
    that nobody else makes the same lane; an upsert beside `release` was a deadlock."""
    mine = (DeliveryLane.webhook_id == webhook_id, DeliveryLane.lane_id == lane_id)
    due = sa.func.coalesce(DeliveryLane.due_at, now())
    found = db.session.execute(sa.update(DeliveryLane).where(*mine).values(due_at=due))
    if not found.rowcount:  # type: ignore[attr-defined]
        db.session.execute(sa.insert(DeliveryLane).values(webhook_id=webhook_id, lane_id=lane_id, due_at=now()))


def _free(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    unleased = sa.or_(DeliveryLane.leased_until.is_(None), DeliveryLane.leased_until <= at)
    return (DeliveryLane.due_at <= at, unleased)


def waiting_in(lane: Lane) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Delivery.webhook_id == lane.webhook_id,
        Delivery.lane_id == lane.lane_id,
        Delivery.status == DeliveryStatus.WAITING,
    )


def _next_due(lane: Lane) -> datetime | None:
    """When the first in order may go, or one that others went past, whichever is sooner."""
    head = (
        sa.select(Delivery.due_at)
        .where(*waiting_in(lane), Delivery.attempts < HELD)
        .order_by(Delivery.position)
        .limit(1)
    )
    passed = sa.select(sa.func.min(Delivery.due_at)).where(*waiting_in(lane), Delivery.attempts >= HELD)
    times = [db.session.scalar(head), db.session.scalar(passed)]
    return min((time for time in times if time), default=None)


def _held(webhook_id: uuid.UUID, lane_id: uuid.UUID) -> DeliveryLane | None:
    held = sa.select(DeliveryLane).where(DeliveryLane.webhook_id == webhook_id, DeliveryLane.lane_id == lane_id)
    return db.session.scalars(held.with_for_update().execution_options(populate_existing=True)).one_or_none()


def wake(*which: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.update(DeliveryLane).where(*which).values(due_at=now()))
