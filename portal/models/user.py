"""A person's identity: e-mail, name, ways to sign in."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from portal.extensions import Model
from portal.models.base import Created, Id, Line, Time, key


class User(Model):
    """`home_organization_id` is set when an organization's IdP made this person for an e-mail domain which that
    organization has not verified: such a user exists for that organization only (design.md §2)."""

    __tablename__ = "users"
    __table_args__ = (
        sa.Index(
            "uq_users_email_key",
            "email_key",
            unique=True,
            sqlite_where=sa.text("home_organization_id IS NULL"),
            postgresql_where=sa.text("home_organization_id IS NULL"),
        ),
        sa.Index(
            "uq_users_home_email_key",
            "home_organization_id",
            "email_key",
            unique=True,
            sqlite_where=sa.text("home_organization_id IS NOT NULL"),
            postgresql_where=sa.text("home_organization_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    email: Mapped[Line]
    email_key: Mapped[Line]
    name: Mapped[Line] = mapped_column(default="")
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    email_verified_at: Mapped[Time | None]
    language: Mapped[str] = mapped_column(sa.String(16), default="", server_default="")
    is_staff: Mapped[bool] = mapped_column(default=False)
    home_organization_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.Uuid, sa.ForeignKey("organizations.id", ondelete="CASCADE")
    )
    created_at: Mapped[Created]

    @validates("email")
    def _keep_key(self, _: str, email: str) -> str:
        self.email_key = key(email)
        return email

    @property
    def label(self) -> str:
        return self.name or self.email

    @property
    def domain(self) -> str:
        return self.email_key.rpartition("@")[2]

    def verify_email(self, at: datetime) -> None:
        self.email_verified_at = self.email_verified_at or at
