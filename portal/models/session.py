"""A signed-in browser: revocable, with the connection and organization that opened it."""

import enum
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Id, Json, JsonType, Line, Short, Time, choice, own
from portal.models.factor import Factor
from portal.models.user import User
from portal.words import _


class Method(enum.StrEnum):
    PASSWORD = "password"
    EMAIL_LINK = "email_link"
    INVITATION = "invitation"
    PASSKEY = "passkey"
    SSO = "sso"

    @property
    def words(self) -> str:
        said = {
            "password": _("password"), "email_link": _("e-mail link"), "invitation": _("invitation"),
            "passkey": _("passkey"), "sso": _("single sign-on"),
        }  # fmt: skip
        return said[self.value]


class Session(Model):
    """`organization_id` and `connection_id` are set when an organization's IdP opened it, with the name it used for the
    person (`subject` to look up, `idp_session` as it wrote it) so that it can end it again; the cookie holds a random
    secret of which only the SHA-256 is kept. `second_factor` is what was shown besides the first way in; `proved_at` when the
    person last showed that it is them."""

    __tablename__ = "sessions"
    __table_args__ = (
        own("connections", "connection_id"),
        sa.UniqueConstraint("secret_hash"),
        sa.Index(None, "organization_id", "user_id"),
        sa.Index(None, "organization_id", "connection_id", "subject"),
        sa.Index(None, "user_id", "revoked_at"),
    )

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.Uuid, sa.ForeignKey("organizations.id", ondelete="CASCADE")
    )
    connection_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    secret_hash: Mapped[Short]
    method: Mapped[Method] = mapped_column(choice(Method))
    second_factor: Mapped[Factor | None] = mapped_column(choice(Factor))
    proved_at: Mapped[Time | None]
    subject: Mapped[str | None] = mapped_column(sa.String(512))
    idp_session: Mapped[Json | None] = mapped_column(JsonType)
    reaches_all: Mapped[bool] = mapped_column(default=True)
    agent: Mapped[Line] = mapped_column(default="")
    address: Mapped[Short] = mapped_column(default="")
    created_at: Mapped[Created]
    last_seen_at: Mapped[Created]
    expires_at: Mapped[Time]
    revoked_at: Mapped[Time | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def alive(self, at: datetime, idle_hours: int) -> bool:
        idle = (at - self.last_seen_at).total_seconds() / 3600
        return self.revoked_at is None and at < self.expires_at and idle < idle_hours

    @property
    def local(self) -> bool:
        return self.method is not Method.SSO

    def proved(self, at: datetime, minutes: int) -> bool:
        """Whether the person showed within so many minutes that it is still them; signing in counts."""
        return at - (self.proved_at or self.created_at) < timedelta(minutes=minutes)

    def reaches(self, organization_id: uuid.UUID) -> bool:
        """A session opened through a connection reaches that organization; others only where it verified the
        e-mail's domain (design.md §3). What the organization itself asks for is judged by `organizations.reach`."""
        return self.reaches_all or self.organization_id == organization_id

    @property
    def is_the_persons_own(self) -> bool:
        """Whether it may change what is the person's everywhere: name, password, other sessions. A person who exists for
        one organization only is wholly that organization's."""
        return self.reaches_all or self.user.home_organization_id is not None
