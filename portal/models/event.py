"""What happened: the audit log, the outbox and the feed at once; and the mails that tell of it."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, Short, Text, Time


class Event(Model):
    """One per verb, written in the verb's own transaction: audit log, outbox and feed at once (design.md §1).

    `organization_id` is empty for what concerns a person alone, such as changing their password. `position` is the place
    in the feed, given after the commit (see organizations/feed.py).
    """

    __tablename__ = "events"
    __table_args__ = (
        sa.Index(None, "organization_id", "id"),
        sa.Index(None, "organization_id", "subject_id"),
        sa.Index(None, "organization_id", "position"),
        sa.Index("uq_events_position", "position", unique=True),
        sa.Index(
            "ix_events_unplaced",
            "id",
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        ),
    )

    id: Mapped[Id]
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.Uuid, sa.ForeignKey("organizations.id", ondelete="CASCADE")
    )
    name: Mapped[Short]
    door: Mapped[Short]
    actor_id: Mapped[Line] = mapped_column(default="")
    actor_label: Mapped[Line] = mapped_column(default="")
    subject_type: Mapped[Short] = mapped_column(default="")
    subject_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    subject_label: Mapped[Line] = mapped_column(default="")
    data: Mapped[Document]
    at: Mapped[Created]
    position: Mapped[int | None] = mapped_column(sa.BigInteger)


class Feed(Model):
    """One row: the last position given. Whoever gives positions holds it, so that they come into sight in their order."""

    __tablename__ = "event_feed"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class Mail(Model):
    """The mail outbox: written with the change that causes it, sent by the worker."""

    __tablename__ = "mails"
    __table_args__ = (sa.Index(None, "sent_at", "due_at"),)

    id: Mapped[Id]
    recipient: Mapped[Line]
    subject: Mapped[Line]
    body: Mapped[Text]
    created_at: Mapped[Created]
    due_at: Mapped[Created]
    sent_at: Mapped[Time | None]
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[Text] = mapped_column(default="")
