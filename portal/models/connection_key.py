"""Our own key pairs towards an IdP: one connection's, never shared with another."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Id, OrganizationId, Short, Text, Time, choice, own


class KeyState(enum.StrEnum):
    """`next` is published so that the IdP learns it early, `active` signs, `retired` opens what is still on its way."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


class ConnectionKey(Model):
    """`private_key` is encrypted at rest (`organizations.secrets`); the certificate is public and self-signed."""

    __tablename__ = "connection_keys"
    __table_args__ = (
        own("connections", "connection_id"),
        sa.Index(None, "organization_id", "connection_id"),
        *(
            sa.Index(
                f"uq_connection_keys_one_{state}",
                "connection_id",
                unique=True,
                sqlite_where=sa.text(f"state = '{state}'"),
                postgresql_where=sa.text(f"state = '{state}'"),
            )
            for state in ("next", "active")
        ),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    state: Mapped[KeyState] = mapped_column(choice(KeyState))
    private_key: Mapped[Text]
    certificate: Mapped[Text]
    fingerprint: Mapped[Short]
    created_at: Mapped[Created]
    not_after: Mapped[Time]
    active_at: Mapped[Time | None]
    retired_at: Mapped[Time | None]

    @property
    def label(self) -> str:
        """What people compare by eye: the last four bytes of the fingerprint."""
        tail = self.fingerprint[-8:].upper()
        return "…" + ":".join(tail[at : at + 2] for at in range(0, 8, 2))

    def activate(self, at: datetime) -> None:
        self.state, self.active_at = KeyState.ACTIVE, at

    def retire(self, at: datetime) -> None:
        self.state, self.retired_at = KeyState.RETIRED, at
