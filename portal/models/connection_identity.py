"""Whom an IdP's word is about: the account behind a name it uses."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Id, OrganizationId, own


class ConnectionIdentity(Model):
    """An account is (connection, NameID): design.md §8.8. NameIDs, and OpenID's subjects, are an issuer's own: after a
    connection moved to another IdP the same one is somebody else. `issuer` is empty where it was not kept yet."""

    __tablename__ = "connection_identities"
    __table_args__ = (
        own("connections", "connection_id"),
        own("memberships", "membership_id"),
        sa.UniqueConstraint(
            "organization_id", "connection_id", "subject", "issuer", name="uq_connection_identities_subject"
        ),
        sa.Index(None, "organization_id", "membership_id"),
        sa.Index(None, "organization_id", "stable_id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    membership_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    subject: Mapped[str] = mapped_column(sa.String(512))
    issuer: Mapped[str] = mapped_column(sa.String(512), default="")
    stable_id: Mapped[str | None] = mapped_column(sa.String(512))
    created_at: Mapped[Created]
    last_seen_at: Mapped[Created]
