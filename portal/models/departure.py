"""People whom the directory takes away in numbers: the batch that raised an alarm, and each person in it."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Id, Line, OrganizationId, Time, choice, own, owned
from portal.models.organization import Organization


class Ending(enum.StrEnum):
    """What the directory asked for."""

    SUSPENDED = "suspended"
    REMOVED = "removed"


class Outcome(enum.StrEnum):
    """What people made of a batch: everybody is back, or it was right."""

    RESTORED = "restored"
    CONFIRMED = "confirmed"


class Batch(Model):
    """`held`: its people stay active until somebody confirms. Who leaves before `until_at` belongs to it; `members` is how
    many people the organization had. `source` is the directory, as an actor (id and label)."""

    __tablename__ = "batches"
    __table_args__ = (owned(), sa.Index(None, "organization_id", "raised_at"))

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    source: Mapped[Line] = mapped_column(default="")
    source_id: Mapped[Line] = mapped_column(default="")
    held: Mapped[bool] = mapped_column(default=False)
    members: Mapped[int]
    raised_at: Mapped[Created]
    until_at: Mapped[Time]
    settled_at: Mapped[Time | None]
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    settled_by: Mapped[Line] = mapped_column(default="")

    organization: Mapped[Organization] = relationship(viewonly=True)

    @property
    def label(self) -> str:
        return self.source

    def settle(self, outcome: Outcome, by: str, at: datetime) -> None:
        self.outcome, self.settled_by, self.settled_at = outcome, by, at


class Departure(Model):
    """One person of a batch. `held`: access did not end, so far."""

    __tablename__ = "departures"
    __table_args__ = (
        own("batches", "batch_id"),
        own("memberships", "membership_id"),
        sa.Index(None, "organization_id", "membership_id"),
    )

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    ending: Mapped[Ending] = mapped_column(choice(Ending))
    held: Mapped[bool] = mapped_column(default=False)
    at: Mapped[Created]
