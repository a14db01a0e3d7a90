"""/sessions: browsers that are signed in, and ending them."""

import uuid
from datetime import datetime

from flask import abort

from portal.api import bp
from portal.api.entry import actor
from portal.api.paging import Page, Rows, whole
from portal.api.speaking import Shape, speaks
from portal.api.users import get as user_of
from portal.models import Method, Session
from portal.organizations import sessions
from portal.web.access import access


class SessionShape(Shape):
    """`organization_id` and `connection_id` say whose identity provider opened it."""

    id: uuid.UUID
    user_id: uuid.UUID
    organization_id: uuid.UUID | None
    connection_id: uuid.UUID | None
    method: Method
    agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@bp.get("/v1/users/<uuid:user_id>/sessions")
@access("api:sessions:read")
@speaks(Page[SessionShape])
def list_sessions(user_id: uuid.UUID) -> Rows[Session]:
    """List a person's living sessions, the latest seen first."""
    return whole(sessions.of(user_of(user_id)))


@bp.delete("/v1/users/<uuid:user_id>/sessions")
@access("api:sessions:write")
@speaks(None)
def revoke_sessions(user_id: uuid.UUID) -> None:
    """End every session of a person."""
    for row in sessions.of(user_of(user_id)):
        sessions.revoke(row, by=actor())


@bp.delete("/v1/sessions/<uuid:session_id>")
@access("api:sessions:write")
@speaks(None)
def revoke_session(session_id: uuid.UUID) -> None:
    """End one session."""
    sessions.revoke(sessions.get(session_id) or abort(404), by=actor())
