"""Invitations, and links that sign a person in by e-mail."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.extensions import Model
from portal.models.base import Created, Id, Line, OrganizationId, Short, Time, choice, key, owned
from portal.models.organization import Organization
from portal.models.role import Role
from portal.models.user import User

PENDING = "accepted_at IS NULL AND revoked_at IS NULL"


class Invitation(Model):
    """Bound to organization, e-mail and role; its token is used once, and only its hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        owned(),
        sa.UniqueConstraint("token_hash"),
        sa.Index(
            "uq_invitations_pending",
            "organization_id",
            "email_key",
            unique=True,
            sqlite_where=sa.text(PENDING),
            postgresql_where=sa.text(PENDING),
        ),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    email: Mapped[Line]
    email_key: Mapped[Line]
    role_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("roles.id"))
    token_hash: Mapped[Short]
    invited_by: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]
    expires_at: Mapped[Time]
    accepted_at: Mapped[Time | None]
    revoked_at: Mapped[Time | None]

    organization: Mapped[Organization] = relationship(viewonly=True)
    role: Mapped[Role] = relationship(lazy="joined", innerjoin=True)

    @validates("email")
    def _keep_key(self, _: str, email: str) -> str:
        self.email_key = key(email)
        return email

    def usable(self, at: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and at < self.expires_at


class MailPurpose(enum.StrEnum):
    SIGN_IN = "sign_in"
    RESET_PASSWORD = "reset_password"


class MailLink(Model):
    """A one-time link sent to a person's own address."""

    __tablename__ = "mail_links"
    __table_args__ = (sa.UniqueConstraint("token_hash"), sa.Index(None, "user_id"))

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[MailPurpose] = mapped_column(choice(MailPurpose), default=MailPurpose.SIGN_IN)
    token_hash: Mapped[Short]
    target: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]
    expires_at: Mapped[Time]
    used_at: Mapped[Time | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def usable(self, at: datetime) -> bool:
        return self.used_at is None and at < self.expires_at
