"""A user in an organization: roles, status, and why they are there."""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, OrganizationId, Time, choice, own, owned
from portal.models.organization import Organization
from portal.models.role import OWNER, Role
from portal.models.user import User


class Status(enum.StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Source(enum.StrEnum):
    """Why somebody is a member."""

    MANUAL = "manual"
    INVITATION = "invitation"
    SSO = "sso"
    DIRECTORY = "directory"


class MembershipRole(Model):
    __tablename__ = "membership_roles"
    __table_args__ = (own("memberships", "membership_id"), sa.Index(None, "role_id"))

    organization_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    role_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("roles.id"), primary_key=True)


class Membership(Model):
    """`suspended_by_directory` tells a suspension the IdP asked for from one by hand: only the IdP lifts the former."""

    __tablename__ = "memberships"
    __table_args__ = (
        owned(),
        sa.UniqueConstraint("organization_id", "user_id", name="uq_memberships_user"),
        sa.Index(None, "organization_id", "status", "id"),
        sa.Index(
            "ix_memberships_ended",
            "organization_id",
            "ended_at",
            sqlite_where=sa.text("ended_at IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NOT NULL"),
        ),
        sa.Index(None, "user_id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"))
    status: Mapped[Status] = mapped_column(choice(Status), default=Status.ACTIVE)
    source: Mapped[Source] = mapped_column(choice(Source), default=Source.MANUAL)
    suspended_by_directory: Mapped[bool] = mapped_column(default=False)
    email: Mapped[Line]
    name: Mapped[Line] = mapped_column(default="")
    profile: Mapped[Document]
    joined_at: Mapped[Created]
    changed_at: Mapped[Created]
    ended_at: Mapped[Time | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    organization: Mapped[Organization] = relationship(viewonly=True)
    roles: Mapped[list[Role]] = relationship(
        secondary="membership_roles", lazy="selectin", viewonly=True, order_by=Role.rank.desc()
    )

    @property
    def active(self) -> bool:
        return self.status is Status.ACTIVE

    @property
    def label(self) -> str:
        return self.name or self.email

    @property
    def role(self) -> Role | None:
        """The highest of the roles held."""
        return self.roles[0] if self.roles else None

    @property
    def is_owner(self) -> bool:
        return any(role.key == OWNER for role in self.roles)

    def may(self, permission: str) -> bool:
        return self.active and any(role.allows(permission) for role in self.roles)
