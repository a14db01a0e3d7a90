"""An e-mail domain an organization claims; verified by DNS TXT, or by staff (audited)."""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Id, OrganizationId, Short, Time, choice, own, owned
from portal.models.organization import Organization


class VerifiedBy(enum.StrEnum):
    DNS = "dns"
    STAFF = "staff"


class Domain(Model):
    """Many may claim a name; one organization at a time has it verified (`uq_domains_verified_name`). `due_at` is when the
    worker looks at its TXT record next; `missing_at`, since when a record that was there has been gone."""

    __tablename__ = "domains"
    __table_args__ = (
        owned(),
        sa.UniqueConstraint("organization_id", "name"),
        sa.Index(None, "due_at"),
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
    due_at: Mapped[Time | None]
    missing_at: Mapped[Time | None]
    told_at: Mapped[Time | None]
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


class ConnectionDomain(Model):
    """People of this domain sign in through this connection, and through it only. A domain in no such row is open to every
    connection of its organization."""

    __tablename__ = "connection_domains"
    __table_args__ = (
        own("connections", "connection_id"),
        own("domains", "domain_id"),
        sa.UniqueConstraint("organization_id", "domain_id", name="uq_connection_domains_domain"),
        sa.Index(None, "organization_id", "connection_id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    domain_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
