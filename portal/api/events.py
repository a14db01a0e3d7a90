"""/events: the feed of what happened, for the application to follow with a cursor."""

import uuid
from typing import Any

from flask import abort, g
from pydantic import Field

from portal.api import bp
from portal.api.speaking import Asked, Shape, speaks
from portal.extensions import db
from portal.models import Event
from portal.models.engine import begin_writing
from portal.organizations import api_keys, feed
from portal.web.access import access


class ActorShape(Shape):
    door: str
    id: str
    label: str


class SubjectShape(Shape):
    type: str
    id: uuid.UUID | None
    label: str


class EventShape(Shape):
    """`type` is `noun.done`. `position` grows with every event of the feed and never changes."""

    id: uuid.UUID
    position: int
    type: str
    organization_id: uuid.UUID | None
    timestamp: str = Field(json_schema_extra={"format": "date-time"})
    actor: ActorShape
    subject: SubjectShape
    data: dict[str, Any]


class EventPage(Shape):
    """Keep `next` and send it as `after` the next time, at once where there is `more`. It is never null."""

    data: list[EventShape]
    next: str
    more: bool


class EventListing(Asked):
    """`after`: empty for the beginning, `end` for what happens from now on. `type`: names separated by commas, `member.*` too."""

    limit: int = Field(100, ge=1, le=500)
    after: str = Field("", pattern=r"^([0-9]{1,18}|end)?$")
    organization_id: uuid.UUID | None = None
    type: str = Field("", max_length=1000, pattern=r"^([a-z_]+\.([a-z_]+|\*)(,|$))*$")


@bp.get("/v1/events")
@access("api:events:read")
@speaks(EventPage)
def list_events(query: EventListing) -> dict[str, object]:
    """Follow what happens: every event once, in an order that never changes."""
    if feed.unplaced():
        begin_writing()
        feed.place()
        db.session.commit()
    after = feed.end() if query.after == "end" else int(query.after or 0)
    names = [name for name in query.type.split(",") if name]
    if not names and not query.organization_id:
        _note(int(query.after) if query.after.isdecimal() else 0)
    stretch = feed.read(after, limit=query.limit, organization_id=query.organization_id, names=names)
    return {"data": [feed.tell(event) for event in stretch.events], "next": str(stretch.next), "more": stretch.more}


def _note(after: int) -> None:
    """Whoever asks for what comes behind a position has taken in what lies before it."""
    if api_keys.has_read(g.api_key_id, after):
        return
    begin_writing()
    api_keys.note_position(g.api_key_id, after)
    db.session.commit()


@bp.get("/v1/events/<uuid:event_id>")
@access("api:events:read")
@speaks(EventShape)
def show_event(event_id: uuid.UUID) -> dict[str, object]:
    """Read an event."""
    event = db.session.get(Event, event_id)
    if event is None or event.position is None:
        abort(404)
    return feed.tell(event)
