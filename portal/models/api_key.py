"""A key of the application: what it may do through the API, the prefix people know it by, and the SHA-256 of the rest."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Id, Line, Short, Time, Words


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


SCOPES = tuple(
    f"{noun}:{deed}" for noun in Noun for deed in ("read", "write") if (noun, deed) != (Noun.EVENTS, "write")
)


class ApiKey(Model):
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

    def usable(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def allows(self, scope: str) -> bool:
        noun, _, deed = scope.partition(":")
        return scope in self.scopes or (deed == "read" and f"{noun}:write" in self.scopes)
