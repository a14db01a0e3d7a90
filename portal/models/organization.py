"""A customer company and the policies it chose."""

import enum
import uuid
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, Short, Time, choice
from portal.models.role import Role

if TYPE_CHECKING:
    from portal.models import (
        Batch,
        Connection,
        Directory,
        Domain,
        Event,
        Exchange,
        Invitation,
        ItContact,
        Membership,
        SetupLink,
        SetupRun,
        SupportGrant,
    )


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
    __table_args__ = (sa.UniqueConstraint("slug"), sa.Index(None, "calendar_at"))

    id: Mapped[Id]
    name: Mapped[Line]
    slug: Mapped[Short]
    sso_allowed: Mapped[bool] = mapped_column(default=True)
    sign_in_policy: Mapped[SignInPolicy] = mapped_column(choice(SignInPolicy), default=SignInPolicy.OFFER)
    second_factor_required: Mapped[bool] = mapped_column(default=False)
    just_in_time: Mapped[bool] = mapped_column(default=True)
    leavers: Mapped[Leavers] = mapped_column(choice(Leavers), default=Leavers.SUSPEND)
    outsiders: Mapped[Outsiders] = mapped_column(choice(Outsiders), default=Outsiders.HOME_USER)
    hold_large_batches: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int | None]
    default_role_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("roles.id"))
    plan: Mapped[Document]
    attributes_version: Mapped[int] = mapped_column(default=0)  # of its custom attributes; 0: it never had any
    calendar_at: Mapped[Time | None]  # when somebody last looked what ends soon
    created_at: Mapped[Created]

    @property
    def plan_name(self) -> str:
        return str(self.plan.get("name", ""))

    default_role: Mapped[Role] = relationship(viewonly=True)
    memberships: WriteOnlyMapped["Membership"] = relationship(viewonly=True)
    domains: WriteOnlyMapped["Domain"] = relationship(viewonly=True)
    connections: WriteOnlyMapped["Connection"] = relationship(viewonly=True)
    directories: WriteOnlyMapped["Directory"] = relationship(viewonly=True)
    invitations: WriteOnlyMapped["Invitation"] = relationship(viewonly=True)
    events: WriteOnlyMapped["Event"] = relationship(viewonly=True)
    exchanges: WriteOnlyMapped["Exchange"] = relationship(viewonly=True)
    setup_runs: WriteOnlyMapped["SetupRun"] = relationship(viewonly=True)
    setup_links: WriteOnlyMapped["SetupLink"] = relationship(viewonly=True)
    batches: WriteOnlyMapped["Batch"] = relationship(viewonly=True)
    it_contacts: WriteOnlyMapped["ItContact"] = relationship(viewonly=True)
    support_grants: WriteOnlyMapped["SupportGrant"] = relationship(viewonly=True)
