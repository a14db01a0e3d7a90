"""Roles, and the permissions they carry."""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Id, Line, Short, Text, Words
from portal.words import _, noted


class Permission(enum.StrEnum):
    """What a role may allow; `manage_sso` opens both SAML and SCIM set-up (design.md §2)."""

    MANAGE_ORGANIZATION = "manage_organization"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_SSO = "manage_sso"
    VIEW_ACTIVITY = "view_activity"


class ApplicationPermission(Model):
    """A permission that the application's developer has named; what it allows is the application's business."""

    __tablename__ = "application_permissions"
    __table_args__ = (sa.UniqueConstraint("key"),)

    id: Mapped[Id]
    key: Mapped[Short]
    description: Mapped[Text] = mapped_column(default="")


class Role(Model):
    """`rank` orders roles for people to read; the highest is the owner's. `plans` are the plans whose organizations may give
    it; none: all of them. An internal one is for the application's own staff, and only they give it."""

    __tablename__ = "roles"
    __table_args__ = (sa.UniqueConstraint("key"),)

    id: Mapped[Id]
    key: Mapped[Short]
    name: Mapped[Line]
    rank: Mapped[int] = mapped_column(default=0)
    permissions: Mapped[Words]
    description: Mapped[Text] = mapped_column(default="")
    plans: Mapped[Words]
    internal: Mapped[bool] = mapped_column(default=False)
    is_default: Mapped[bool] = mapped_column(default=False)

    @property
    def built_in(self) -> bool:
        return self.key in (OWNER, ADMIN, MEMBER)

    @property
    def label(self) -> str:
        """Its name for people; those we gave ourselves are translated."""
        return _(self.name) if (self.key, self.name) in GIVEN else self.name

    def allows(self, permission: str) -> bool:
        return permission in self.permissions


OWNER, ADMIN, MEMBER = "owner", "admin", "member"

BUILT_IN = (
    (OWNER, noted("Owner"), 100, tuple(Permission)),
    (ADMIN, noted("Admin"), 50, tuple(Permission)),
    (MEMBER, noted("Member"), 10, ()),
)
GIVEN = frozenset((key, name) for key, name, *_rest in BUILT_IN)
