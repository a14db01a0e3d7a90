"""Keys: the application's own for our API, and those its customers use with the application; and answers kept for a repeated
question."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, OrganizationId, Short, Text, Time, Words, own
from portal.models.membership import Membership


class Noun(enum.StrEnum):
    """What a scope is about; each has `:read` and `:write`, and writing includes reading."""

    ORGANIZATIONS = "organizations"
    MEMBERS = "members"
    USERS = "users"
    DOMAINS = "domains"
    CONNECTIONS = "connections"
    DIRECTORIES = "directories"
    SETUP_LINKS = "setup_links"
    SESSIONS = "sessions"
    EVENTS = "events"
    WEBHOOKS = "webhooks"
    ROLES = "roles"
    API_KEYS = "api_keys"
    RECEIPTS = "receipts"


SCOPES = tuple(
    f"{noun}:{deed}" for noun in Noun for deed in ("read", "write") if (noun, deed) != (Noun.EVENTS, "write")
)


class ApiKey(Model):
    """A program of the application. `feed_position` is how far it said it has read the feed of events."""

    __tablename__ = "api_keys"
    __table_args__ = (sa.UniqueConstraint("key_hash"),)

    id: Mapped[Id]
    name: Mapped[Line]
    prefix: Mapped[Short]
    key_hash: Mapped[Short]
    scopes: Mapped[Words]
    created_at: Mapped[Created]
    expires_at: Mapped[Time | None]
    revoked_at: Mapped[Time | None]
    last_used_at: Mapped[Time | None]
    last_used_agent: Mapped[Line] = mapped_column(default="")
    feed_position: Mapped[int | None] = mapped_column(sa.BigInteger)

    def usable(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def allows(self, scope: str) -> bool:
        noun, _, deed = scope.partition(":")
        return scope in self.scopes or (deed == "read" and f"{noun}:write" in self.scopes)


class OrganizationKey(Model):
    """A key that a customer uses with the application's own API: an organization's, or that of one of its members, with
    whose access it ends. `details` is the application's own note on it."""

    __tablename__ = "organization_keys"
    __table_args__ = (
        own("memberships", "membership_id"),
        sa.UniqueConstraint("key_hash"),
        sa.Index(None, "organization_id", "id"),
        sa.Index(None, "organization_id", "membership_id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    membership_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    name: Mapped[Line]
    prefix: Mapped[Short]
    key_hash: Mapped[Short]
    details: Mapped[Document]
    created_at: Mapped[Created]
    expires_at: Mapped[Time | None]
    revoked_at: Mapped[Time | None]
    last_used_at: Mapped[Time | None]

    membership: Mapped[Membership | None] = relationship(viewonly=True)

    def usable(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class KeptAnswer(Model):
    """What a POST with an `Idempotency-Key` was answered, encrypted because it may hold a secret; `asked` is the digest of
    the request."""

    __tablename__ = "kept_answers"
    __table_args__ = (sa.UniqueConstraint("api_key_id", "name"), sa.Index(None, "created_at"))

    id: Mapped[Id]
    api_key_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("api_keys.id", ondelete="CASCADE"))
    name: Mapped[Line]
    asked: Mapped[Short]
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[Text] = mapped_column(default="")
    created_at: Mapped[Created]
