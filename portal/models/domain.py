"""An e-mail domain an organization claims; verified by DNS TXT, or by staff (audited)."""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Id, OrganizationId, Short, Time, choice, owned
from portal.models.organization import Organization


class VerifiedBy(enum.StrEnum):
    DNS = "dns"
    STAFF = "staff"


class Domain(Model):
    """Many may claim a name; one organization at a time has it verified (`uq_domains_verified_name`)."""

    __tablename__ = "domains"
    __table_args__ = (
        owned(),
        sa.UniqueConstraint("organization_id", "name"),
        sa.Index(
            "uq_domains_verified_name",
            "name",
            unique=True,
            sqlite_where=sa.text("verified_at IS NOT NULL"),
            postgresql_where=sa.text("verified_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    name: Mapped[str] = mapped_column(sa.String(253))
    token: Mapped[Short]
    verified_at: Mapped[Time | None]
    verified_by: Mapped[VerifiedBy | None] = mapped_column(choice(VerifiedBy))
    checked_at: Mapped[Time | None]
    created_at: Mapped[Created]

    organization: Mapped[Organization] = relationship(viewonly=True)

    @property
    def verified(self) -> bool:
        return self.verified_at is not None

    @property
    def record_name(self) -> str:
        return f"_vestibule.{self.name}"

    @property
    def record_value(self) -> str:
        return f"vestibule-domain-verification={self.token}"
