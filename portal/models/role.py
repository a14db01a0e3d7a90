"""Roles, and the permissions they carry."""

import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Id, Line, Short, Words


class Permission(enum.StrEnum):
    """What a role may allow; `manage_sso` opens both SAML and SCIM set-up (design.md §2)."""

    MANAGE_ORGANIZATION = "manage_organization"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_SSO = "manage_sso"
    VIEW_ACTIVITY = "view_activity"


class Role(Model):
    """`rank` orders roles for people to read; the highest is the owner's."""

    __tablename__ = "roles"
    __table_args__ = (sa.UniqueConstraint("key"),)

    id: Mapped[Id]
    key: Mapped[Short]
    name: Mapped[Line]
    rank: Mapped[int] = mapped_column(default=0)
    permissions: Mapped[Words]

    def allows(self, permission: str) -> bool:
        return permission in self.permissions


OWNER, ADMIN, MEMBER = "owner", "admin", "member"

BUILT_IN = (
    (OWNER, "Owner", 100, tuple(Permission)),
    (ADMIN, "Admin", 50, tuple(Permission)),
    (MEMBER, "Member", 10, ()),
)
