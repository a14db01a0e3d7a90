"""Telling clients that a sign-in has ended (OpenID Connect Back-Channel Logout 1.0): what was ended is its own outbox.

Ending costs one statement, because an IdP may wait for it; the worker takes what is due, and sends it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Client, Grant
from portal.models.base import now

BACKOFF = tuple(
    timedelta(seconds=seconds) for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""The pauses between attempts: three days and a bit, as for webhooks."""

BATCH = 50
LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Ended:
    """What is sent, without anything that needs the database."""

    grant_id: uuid.UUID
    client_id: uuid.UUID
    url: str
    user_id: uuid.UUID
    sid: str


def end(*which: sa.ColumnElement[bool], receipt_id: uuid.UUID | None = None) -> int:
    """End these sign-ins, and queue a logout token where the client asked for one and ever came for its tokens; returns how
    many there were."""
    at = now()
    listens = sa.exists().where(Client.id == Grant.client_id, Client.backchannel_logout_uri != "")
    due = sa.case(
        (sa.and_(listens, Grant.code_used_at.is_not(None)), sa.literal(at, Grant.revoked_at.type)), else_=None
    )
    ended = sa.update(Grant).where(Grant.revoked_at.is_(None), *which)
    values = {"revoked_at": at, "logout_due_at": due, "receipt_id": receipt_id}
    statement = ended.values(values).execution_options(synchronize_session=False)
    return db.session.execute(statement).rowcount  # type: ignore[attr-defined]


def end_session(session_id: uuid.UUID) -> int:
    return end(Grant.session_id == session_id)


def end_access(
    user_id: uuid.UUID, organization_id: uuid.UUID, dead: sa.ScalarSelect[uuid.UUID], receipt_id: uuid.UUID
) -> int:
    """All that a person was given in this organization, and all of the sessions that have ended."""
    reached = sa.or_(Grant.organization == organization_id, Grant.session_id.in_(dead))
    return end(Grant.user_id == user_id, reached, receipt_id=receipt_id)


def take_due() -> list[Ended]:
    """What is due, leased for two minutes so that no two workers send the same; one message per client and session, however
    often the client had asked for it."""
    at = now()
    due = sa.select(Grant).where(Grant.logout_due_at <= at).order_by(Grant.logout_due_at).limit(BATCH)
    taken = db.session.scalars(due.with_for_update(of=Grant, skip_locked=True)).all()
    first: dict[tuple[uuid.UUID, str], Ended] = {}
    for grant in taken:
        grant.logout_due_at = at + LEASE
        ended = Ended(grant.id, grant.client_id, grant.client.backchannel_logout_uri, grant.user_id, grant.sid)
        first.setdefault((grant.client_id, grant.sid), ended)
    return list(first.values())


def heard(ended: Ended, answered: str, at: datetime) -> None:
    values = {"logout_due_at": None, "logout_heard_at": now(), "logout_answered": answered}
    _note(ended, at, values | {"logout_attempts": Grant.logout_attempts + 1})


def unheard(ended: Ended, answered: str, at: datetime) -> None:
    """Tried again later, and later still; after the last pause it stays unheard."""
    attempts = (db.session.scalar(sa.select(Grant.logout_attempts).where(Grant.id == ended.grant_id)) or 0) + 1
    due_at = now() + BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None
    _note(ended, at, {"logout_due_at": due_at, "logout_attempts": attempts, "logout_answered": answered})


def waiting() -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Grant.logout_due_at.is_not(None))) or 0


def of_receipts(ids: Sequence[uuid.UUID]) -> Sequence[Grant]:
    """The sign-ins that an offboarding ended and somebody is told of."""
    told = sa.or_(Grant.logout_due_at.is_not(None), Grant.logout_tried_at.is_not(None))
    return db.session.scalars(sa.select(Grant).where(Grant.receipt_id.in_(ids), told).order_by(Grant.id)).all()


def _note(ended: Ended, at: datetime, values: dict[str, object]) -> None:
    """For every sign-in of that client in that session which waits."""
    session_id, _, organization = ended.sid.partition(".")
    inside = Grant.organization == uuid.UUID(organization) if organization else Grant.organization.is_(None)
    same = (Grant.client_id == ended.client_id, Grant.session_id == uuid.UUID(session_id), inside)
    values["logout_tried_at"] = sa.func.coalesce(Grant.logout_tried_at, sa.literal(at, Grant.logout_tried_at.type))
    noted = sa.update(Grant).where(*same, Grant.logout_due_at.is_not(None)).values(values)
    db.session.execute(noted.execution_options(synchronize_session=False))
