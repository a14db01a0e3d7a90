"""An organization's source of people, and what the IdP says of them, kept faithfully whether or not it is in force."""

import enum
import uuid
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, OrganizationId, Short, Text, Time, choice, own, owned
from portal.models.organization import Organization
from portal.settings import current


class DirectoryKind(enum.StrEnum):
    SCIM = "scim"
    GOOGLE = "google"


class Mode(enum.StrEnum):
    """`shadow`: the IdP is answered truthfully and nothing is applied (design.md §3)."""

    OFF = "off"
    SHADOW = "shadow"
    LIVE = "live"
    PAUSED = "paused"


class Directory(Model):
    __tablename__ = "directories"
    __table_args__ = (owned(), sa.Index(None, "organization_id", "created_at"))

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    idp: Mapped[Short]
    name: Mapped[Line]
    kind: Mapped[DirectoryKind] = mapped_column(choice(DirectoryKind), default=DirectoryKind.SCIM)
    mode: Mapped[Mode] = mapped_column(choice(Mode), default=Mode.SHADOW)
    created_at: Mapped[Created]
    live_at: Mapped[Time | None]
    last_request_at: Mapped[Time | None]

    organization: Mapped[Organization] = relationship(viewonly=True, lazy="joined", innerjoin=True)

    @property
    def base_url(self) -> str:
        return base_url(self.id)

    @property
    def token_url(self) -> str:
        return token_url(self.id)

    @property
    def live(self) -> bool:
        return self.mode is Mode.LIVE


class Place(Protocol):
    """What is enough of a directory for whoever only reads there: the object, or the row that a token brought."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def organization_id(self) -> uuid.UUID: ...
    @property
    def mode(self) -> Mode: ...
    @property
    def base_url(self) -> str: ...
    @property
    def token_url(self) -> str: ...


def base_url(directory_id: uuid.UUID) -> str:
    """Where an IdP finds the directory."""
    return f"{current().public_url}/scim/v2/{directory_id}"


def token_url(directory_id: uuid.UUID) -> str:
    """Where OAuth 2.0 clients fetch access tokens."""
    return f"{base_url(directory_id)}/oauth/token"


class Applied(enum.StrEnum):
    """How far a DirectoryUser is in force."""

    WAITING = "waiting"
    APPLIED = "applied"
    CONFLICT = "conflict"
    REVIEW = "review"
    HELD = "held"


class DirectoryUser(Model):
    """`data` is the SCIM resource as the IdP wrote it, without `id`, `meta`, `groups` and `password`; the columns beside it are
    what we look up, sort and apply by. `membership_id` is set once the person is in force. `set_aside_at` is when somebody here
    overruled that the person is inactive, until the IdP says something new (docs/decisions/departures.md)."""

    __tablename__ = "directory_users"
    __table_args__ = (
        own("directories", "directory_id"),
        own("memberships", "membership_id", ondelete="NO ACTION"),
        owned(),
        sa.UniqueConstraint("organization_id", "directory_id", "user_name_key", name="uq_directory_users_user_name"),
        sa.Index(None, "organization_id", "directory_id", "external_id"),
        sa.Index(None, "organization_id", "directory_id", "email_key"),
        sa.Index(None, "organization_id", "directory_id", "id"),
        sa.Index(None, "organization_id", "membership_id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    directory_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    membership_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    user_name: Mapped[Line]
    user_name_key: Mapped[Line]
    external_id: Mapped[Line | None]
    active: Mapped[bool] = mapped_column(default=True)
    set_aside_at: Mapped[Time | None]
    email: Mapped[Line] = mapped_column(default="")
    email_key: Mapped[Line] = mapped_column(default="")
    display_name: Mapped[Line] = mapped_column(default="")
    given_name: Mapped[Line] = mapped_column(default="")
    family_name: Mapped[Line] = mapped_column(default="")
    data: Mapped[Document]
    version: Mapped[int] = mapped_column(default=1)
    applied: Mapped[Applied] = mapped_column(choice(Applied), default=Applied.WAITING)
    problem: Mapped[Text] = mapped_column(default="")
    created_at: Mapped[Created]
    changed_at: Mapped[Created]

    @property
    def present(self) -> bool:
        """Whether this person is to have access: the IdP says so, or its no was set aside."""
        return self.active or self.set_aside_at is not None

    @property
    def label(self) -> str:
        """As long as a member's name may be: two long ones together are longer."""
        return (self.display_name or f"{self.given_name} {self.family_name}".strip() or self.user_name)[:320]


class Deletion(Model):
    """The IdP deleted this member's person while the directory was not in force."""

    __tablename__ = "directory_deletions"
    __table_args__ = (
        own("directories", "directory_id"),
        own("memberships", "membership_id"),
        sa.Index(None, "organization_id", "membership_id"),
    )

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    directory_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)


class DirectoryGroup(Model):
    __tablename__ = "directory_groups"
    __table_args__ = (
        own("directories", "directory_id"),
        owned(),
        sa.UniqueConstraint(
            "organization_id", "directory_id", "display_name_key", name="uq_directory_groups_display_name"
        ),
        sa.Index(None, "organization_id", "directory_id", "external_id"),
        sa.Index(None, "organization_id", "directory_id", "id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    directory_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    display_name: Mapped[Line]
    display_name_key: Mapped[Line]
    external_id: Mapped[Line | None]
    data: Mapped[Document]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]


class DirectoryGroupMember(Model):
    """Indexed both ways: removal by value must not scan the group (performance.md)."""

    __tablename__ = "directory_group_members"
    __table_args__ = (
        own("directory_groups", "group_id"),
        own("directory_users", "directory_user_id"),
        sa.Index(None, "organization_id", "directory_user_id"),
    )

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    directory_user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)


class GroupRole(Model):
    """An ordered rule: members of this directory group get this role; the lowest position wins."""

    __tablename__ = "group_roles"
    __table_args__ = (
        own("directories", "directory_id"),
        own("directory_groups", "group_id"),
        sa.UniqueConstraint("organization_id", "directory_id", "group_id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    directory_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    group_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    role_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("roles.id"))
    position: Mapped[int]


class TokenKind(enum.StrEnum):
    """`client`: the secret of an OAuth 2.0 client, which lets nobody in by itself; `access`: what a client gets for it."""

    BEARER = "bearer"
    CLIENT = "client"
    ACCESS = "access"


class ScimToken(Model):
    """Bearer of a directory: the prefix is shown, the SHA-256 kept; several live at once. `parent_id` is the client of an
    access token."""

    __tablename__ = "scim_tokens"
    __table_args__ = (
        own("directories", "directory_id"),
        own("scim_tokens", "parent_id"),
        owned(),
        sa.UniqueConstraint("token_hash"),
        sa.Index(None, "organization_id", "directory_id"),
        sa.Index(None, "organization_id", "parent_id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    directory_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    kind: Mapped[TokenKind] = mapped_column(choice(TokenKind), default=TokenKind.BEARER)
    name: Mapped[Line]
    prefix: Mapped[Short]
    token_hash: Mapped[Short]
    created_at: Mapped[Created]
    expires_at: Mapped[Time | None]
    revoked_at: Mapped[Time | None]
    last_used_at: Mapped[Time | None]
    last_used_agent: Mapped[Line] = mapped_column(default="")

    directory: Mapped[Directory] = relationship(viewonly=True)

    def usable(self, at: datetime) -> bool:
        return lasts(self.revoked_at, self.expires_at, at)


def lasts(revoked_at: datetime | None, expires_at: datetime | None, at: datetime) -> bool:
    """Whether a token counts at that time."""
    return revoked_at is None and (expires_at is None or at < expires_at)
