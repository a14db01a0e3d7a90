"""The feed the application reads: every event once, in one order that never changes, none skipped.

An event's id is made before its transaction commits, so a reader who goes by ids could pass one that commits late. A
position is therefore given afterwards, to committed events only, by one transaction at a time: whoever sees a position sees
every lower one. No writer waits for it, least of all the request of an IdP.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Event, Feed
from portal.models.base import Json

BATCH = 1_000
ONLY = 1


@dataclass(frozen=True)
class Stretch:
    """A stretch of the feed; `next` is where the following one begins, also when nothing was found."""

    events: Sequence[Event]
    next: int
    more: bool


def unplaced() -> bool:
    """Whether there are events that wait for their position; one look at an index that holds nothing else."""
    return db.session.scalars(sa.select(Event.id).where(Event.position.is_(None)).limit(1)).first() is not None


def place() -> int:
    """Give the committed events that have none their positions, the older ones first; returns how many there were."""
    feed = _held()
    waiting = (
        sa.select(Event.id, (feed.last + sa.func.row_number().over(order_by=Event.id)).label("position"))
        .where(Event.position.is_(None))
        .order_by(Event.id)
        .limit(BATCH)
        .subquery("waiting")
    )
    given = db.session.scalars(
        sa.update(Event)
        .where(Event.id == waiting.c.id)
        .values(position=waiting.c.position)
        .returning(Event.position)
        .execution_options(synchronize_session=False)
    ).all()
    feed.last = max((position for position in given if position), default=feed.last)
    db.session.flush()
    return len(given)


def end() -> int:
    """The last position given."""
    return db.session.scalar(sa.select(Feed.last)) or 0


def read(after: int, *, limit: int, organization_id: uuid.UUID | None = None, names: Sequence[str] = ()) -> Stretch:
    """At most `limit` events behind `after`; of one organization, and of some names (`member.*` too), where that is asked."""
    last = end()
    found = sa.select(Event).where(Event.position > after, Event.position <= last).order_by(Event.position)
    if organization_id:
        found = found.where(Event.organization_id == organization_id)
    if names:
        found = found.where(sa.or_(*(_matches(name) for name in names)))
    events = db.session.scalars(found.limit(limit + 1)).all()
    if len(events) > limit:
        return Stretch(events[:limit], events[limit - 1].position or last, True)
    return Stretch(events, max(last, after), False)


def tell(event: Event) -> Json:
    """An event as the application reads it, in the feed and in a webhook alike; `type`, `timestamp` and `data` are where
    Standard Webhooks wants them."""
    return {
        "id": str(event.id),
        "position": event.position,
        "type": event.name,
        "organization_id": str(event.organization_id) if event.organization_id else None,
        "timestamp": event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "actor": {"door": event.door, "id": event.actor_id, "label": event.actor_label},
        "subject": {
            "type": event.subject_type,
            "id": str(event.subject_id) if event.subject_id else None,
            "label": event.subject_label,
        },
        "data": event.data,
    }


def _matches(name: str) -> sa.ColumnElement[bool]:
    if name.endswith("*"):
        return Event.name.startswith(name[:-1], autoescape=True)
    return Event.name == name


def _held() -> Feed:
    held = sa.select(Feed).with_for_update().execution_options(populate_existing=True)
    if feed := db.session.scalars(held).one_or_none():
        return feed
    try:
        with db.session.begin_nested():
            db.session.add(Feed(id=ONLY, last=0))
    except IntegrityError:
        pass  # somebody else was first
    return db.session.scalars(held).one()
