"""How a directory that does not push is asked for its people: with which right, for whom, and how the last time went."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, JsonType, Line, OrganizationId, Short, Text, Time, choice, own
from portal.models.directory import Directory


class PullWay(enum.StrEnum):
    """`key`: a service account's key; `consent`: what an administrator agreed to in the browser."""

    KEY = "key"
    CONSENT = "consent"


class DirectoryPull(Model):
    """One per directory. `secret` is encrypted at rest and shown to nobody; `proved_at` is when it last let us read with exactly
    these values; `generation` grows with every change, so that a pull begun before it ends without a word."""

    __tablename__ = "directory_pulls"
    __table_args__ = (
        own("directories", "directory_id"),
        sa.UniqueConstraint("organization_id", "directory_id", name="uq_directory_pulls_directory"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    directory_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    way: Mapped[PullWay] = mapped_column(choice(PullWay), default=PullWay.KEY)
    secret: Mapped[Text] = mapped_column(default="")
    account: Mapped[Line] = mapped_column(default="")
    client_id: Mapped[Line] = mapped_column(default="")
    admin: Mapped[Line] = mapped_column(default="")
    everybody: Mapped[bool] = mapped_column(default=True)
    groups: Mapped[list[dict[str, str]]] = mapped_column(JsonType, default=list)
    chosen_at: Mapped[Time | None]
    proved_at: Mapped[Time | None]
    generation: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Time | None]
    leased_until: Mapped[Time | None]
    began_at: Mapped[Time | None]
    completed_at: Mapped[Time | None]
    progress: Mapped[Document]
    outcome: Mapped[Document]
    problem: Mapped[Text] = mapped_column(default="")
    mend: Mapped[Text] = mapped_column(default="")
    problem_code: Mapped[Short] = mapped_column(default="")
    created_at: Mapped[Created]

    directory: Mapped[Directory] = relationship(viewonly=True)

    @property
    def group_ids(self) -> tuple[str, ...]:
        return tuple(group["id"] for group in self.groups)

    def under_way(self, at: datetime) -> bool:
        return self.leased_until is not None and at < self.leased_until
