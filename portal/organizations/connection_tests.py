"""Test sign-ins over time: looked back at for a week, then only whether they passed is known."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Connection, ConnectionTest
from portal.models.base import now

REMEMBERED = timedelta(days=7)


def listed(connection: Connection, *, limit: int = 10) -> Sequence[ConnectionTest]:
    """The newest first."""
    return db.session.scalars(_of(connection).order_by(ConnectionTest.started_at.desc()).limit(limit)).all()


def get(connection: Connection, test_id: uuid.UUID) -> ConnectionTest | None:
    return db.session.scalars(_of(connection).where(ConnectionTest.id == test_id)).one_or_none()


def forget() -> None:
    """A report names people, and what was not finished by now never will be. For the worker."""
    old = ConnectionTest.started_at < now() - REMEMBERED, ConnectionTest.report.is_not(None)
    db.session.execute(sa.update(ConnectionTest).where(*old).values(report=None))


def _of(connection: Connection) -> "sa.Select[ConnectionTest]":
    return sa.select(ConnectionTest).where(
        ConnectionTest.organization_id == connection.organization_id, ConnectionTest.connection_id == connection.id
    )
