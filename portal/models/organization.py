"""A customer company and the policies it chose."""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, Short, choice


class SignInPolicy(enum.StrEnum):
    """Whether the organization's people may, or must, sign in through its IdP."""

    OFFER = "offer"
    REQUIRE = "require"


class Leavers(enum.StrEnum):
    """What becomes of a membership when the IdP deletes the person."""

    SUSPEND = "suspend"
    REMOVE = "remove"


class Outsiders(enum.StrEnum):
    """What becomes of people whose e-mail lies outside the verified domains."""

    HOME_USER = "home_user"
    REVIEW = "review"


class Organization(Model):
    __tablename__ = "organizations"
    __table_args__ = (sa.UniqueConstraint("slug"),)

    id: Mapped[Id]
    name: Mapped[Line]
    slug: Mapped[Short]
    sso_allowed: Mapped[bool] = mapped_column(default=True)
    sign_in_policy: Mapped[SignInPolicy] = mapped_column(choice(SignInPolicy), default=SignInPolicy.OFFER)
    just_in_time: Mapped[bool] = mapped_column(default=True)
    leavers: Mapped[Leavers] = mapped_column(choice(Leavers), default=Leavers.SUSPEND)
    outsiders: Mapped[Outsiders] = mapped_column(choice(Outsiders), default=Outsiders.HOME_USER)
    hold_large_batches: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int | None]
    default_role_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("roles.id"))
    plan: Mapped[Document]
    created_at: Mapped[Created]

    memberships: WriteOnlyMapped["Membership"] = relationship(viewonly=True)  # noqa: F821
    domains: WriteOnlyMapped["Domain"] = relationship(viewonly=True)  # noqa: F821
    connections: WriteOnlyMapped["Connection"] = relationship(viewonly=True)  # noqa: F821
    directories: WriteOnlyMapped["Directory"] = relationship(viewonly=True)  # noqa: F821
    invitations: WriteOnlyMapped["Invitation"] = relationship(viewonly=True)  # noqa: F821
    events: WriteOnlyMapped["Event"] = relationship(viewonly=True)  # noqa: F821
    exchanges: WriteOnlyMapped["Exchange"] = relationship(viewonly=True)  # noqa: F821
    setup_runs: WriteOnlyMapped["SetupRun"] = relationship(viewonly=True)  # noqa: F821
    setup_links: WriteOnlyMapped["SetupLink"] = relationship(viewonly=True)  # noqa: F821
