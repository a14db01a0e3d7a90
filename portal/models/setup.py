"""Progress through a wizard, and links for somebody without an account."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, OrganizationId, Short, Text, Time, Words, own, owned
from portal.models.organization import Organization


class SetupRun(Model):
    """One organization's way through one wizard: `choices` are the answers given, `done` the steps a person finished by
    hand (step id -> ISO time); what the portal can see for itself is derived, never stored (wizards.md §3.4)."""

    __tablename__ = "setup_runs"
    __table_args__ = (
        own("connections", "connection_id"),
        own("directories", "directory_id"),
        owned(),
        sa.Index(None, "organization_id", "created_at"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    idp: Mapped[Short]
    connection_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    directory_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    variant: Mapped[Short] = mapped_column(default="")
    choices: Mapped[Document]
    done: Mapped[Document]
    started_by: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]
    changed_at: Mapped[Created]

    organization: Mapped[Organization] = relationship(viewonly=True)


class SetupLink(Model):
    """A scoped, resumable, revocable way in for somebody without an account; only the hash of its secret is kept. Where
    `email` is set, a code mailed there is asked for as well; `target` is the one step it was made for."""

    __tablename__ = "setup_links"
    __table_args__ = (owned(), sa.Index(None, "organization_id", "created_at"))

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    secret_hash: Mapped[Short]
    scopes: Mapped[Words]
    note: Mapped[Text] = mapped_column(default="")
    email: Mapped[Line] = mapped_column(default="")
    target: Mapped[Line] = mapped_column(default="")
    may_go_live: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]
    expires_at: Mapped[Time]
    revoked_at: Mapped[Time | None]
    opens: Mapped[int] = mapped_column(default=0)
    last_opened_at: Mapped[Time | None]
    code_hash: Mapped[Short] = mapped_column(default="")
    code_sent_at: Mapped[Time | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[Time | None]

    organization: Mapped[Organization] = relationship(viewonly=True)

    def usable(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at
