"""Who of the application is told of events, and whether they heard."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Id, Text, Time, Words, choice

NOBODYS = uuid.UUID(int=0)
"""The lane of events that belong to no organization."""


class Webhook(Model):
    """An address of the application that is told of an organization's events, or of everybody's. It follows the feed, and
    `position` is how far it came. Secrets are kept encrypted; the former one still signs until `former_until`."""

    __tablename__ = "webhooks"
    __table_args__ = (sa.Index(None, "organization_id"),)

    id: Mapped[Id]
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.Uuid, sa.ForeignKey("organizations.id", ondelete="CASCADE")
    )
    url: Mapped[Text]
    secret: Mapped[Text]
    event_names: Mapped[Words]
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Created]
    position: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    former_secret: Mapped[Text] = mapped_column(default="")
    former_until: Mapped[Time | None]
    disabled_because: Mapped[Text] = mapped_column(default="")

    def sealed_secrets(self, at: datetime) -> list[str]:
        """Those that sign now, the present one first."""
        overlap = self.former_until is not None and at < self.former_until
        return [self.secret, self.former_secret] if overlap else [self.secret]


class DeliveryStatus(enum.StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class Delivery(Model):
    """One event for one webhook. `answered` is what came back the last time, in a few words."""

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "event_id"),
        sa.Index(None, "status", "due_at"),
        sa.Index(None, "webhook_id", "lane_id", "status", "position"),
        sa.Index(None, "webhook_id", "status", "id"),
        sa.Index(None, "event_id"),
    )

    id: Mapped[Id]
    webhook_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("events.id", ondelete="CASCADE"))
    status: Mapped[DeliveryStatus] = mapped_column(choice(DeliveryStatus), default=DeliveryStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Created]
    answered: Mapped[Text] = mapped_column(default="")
    finished_at: Mapped[Time | None]
    lane_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, default=NOBODYS)
    position: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    tried_at: Mapped[Time | None]


class DeliveryLane(Model):
    """One organization's deliveries to one webhook, which go out one after the other: whoever holds the lease sends them.
    `due_at` is when the next may go; empty when none waits."""

    __tablename__ = "delivery_lanes"
    __table_args__ = (sa.Index(None, "webhook_id", "due_at"),)

    webhook_id: Mapped[uuid.UUID] = mapped_column(
        sa.Uuid, sa.ForeignKey("webhooks.id", ondelete="CASCADE"), primary_key=True
    )
    lane_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    due_at: Mapped[Time | None]
    leased_until: Mapped[Time | None]
