"""A look at an organization's provisioning log that its admin gives to support, for a while."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Id, Line, OrganizationId, Text, Time, owned
from portal.models.organization import Organization


class SupportGrant(Model):
    """Revocable; every look is counted and recorded."""

    __tablename__ = "support_grants"
    __table_args__ = (owned(), sa.Index(None, "organization_id", "created_at"))

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    note: Mapped[Text] = mapped_column(default="")
    created_by: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]
    expires_at: Mapped[Time]
    revoked_at: Mapped[Time | None]
    looks: Mapped[int] = mapped_column(default=0)
    last_look_at: Mapped[Time | None]

    organization: Mapped[Organization] = relationship(viewonly=True)

    @property
    def label(self) -> str:
        return "support bundle"

    def usable(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at
