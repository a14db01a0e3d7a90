"""Owners who keep a way in beside the IdP that everybody else must use."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Id, Line, OrganizationId, Time, choice, own
from portal.models.factor import Factor
from portal.models.membership import Membership


class BreakGlassOwner(Model):
    """Counts only while the membership is an active owner's. `rehearsed_at` is their last local sign-in with a second
    factor; it is taken back when that factor (`factor`, `factor_id`) goes."""

    __tablename__ = "break_glass_owners"
    __table_args__ = (
        own("memberships", "membership_id"),
        sa.UniqueConstraint("organization_id", "membership_id", name="uq_break_glass_owners_membership"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    membership_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    named_at: Mapped[Created]
    named_by: Mapped[Line] = mapped_column(default="")
    rehearsed_at: Mapped[Time | None]
    factor: Mapped[Factor | None] = mapped_column(choice(Factor))
    factor_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    used_at: Mapped[Time | None]

    membership: Mapped[Membership] = relationship(viewonly=True, lazy="joined", innerjoin=True)

    @property
    def rehearsed(self) -> bool:
        return self.rehearsed_at is not None

    def lapse(self) -> None:
        self.rehearsed_at = self.factor = self.factor_id = None
