"""What is left when somebody's access to an organization ends: who, why, and when each step was done."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Id, Line, OrganizationId, Short, Time, own


class Receipt(Model):
    """Written with the change itself. `expected` says whether anybody of the application is to acknowledge it: unknown until
    the worker looked. `milliseconds` lie between the request and the end of the access."""

    __tablename__ = "receipts"
    __table_args__ = (
        own("memberships", "membership_id"),
        sa.Index(None, "organization_id", "id"),
        sa.Index(None, "organization_id", "membership_id"),
        sa.Index(None, "access_off_at"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    membership_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    event_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    name: Mapped[Line]
    email: Mapped[Line]
    deed: Mapped[Short]
    door: Mapped[Short]
    actor_label: Mapped[Line] = mapped_column(default="")
    requested_at: Mapped[Time]
    access_off_at: Mapped[Time]
    milliseconds: Mapped[int] = mapped_column(default=0)
    sessions_ended: Mapped[int] = mapped_column(default=0)
    sign_ins_ended: Mapped[int] = mapped_column(default=0)
    keys_ended: Mapped[int] = mapped_column(default=0)
    expected: Mapped[bool | None]
    told_at: Mapped[Time | None]
    acknowledged_at: Mapped[Time | None]
    acknowledged_by: Mapped[Line] = mapped_column(default="")
    alerted_at: Mapped[Time | None]

    @property
    def label(self) -> str:
        return self.name or self.email
