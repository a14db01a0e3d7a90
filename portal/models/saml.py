"""Sign-ins under way, and the assertions already used."""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, OrganizationId, Short, Text, Time, choice, own


class LoginPurpose(enum.StrEnum):
    SIGN_IN = "sign_in"
    TEST = "test"
    LOGOUT = "logout"


class LoginTransaction(Model):
    """One AuthnRequest: which browser asked (`browser_hash`), where it wants to go, and what came back (`result`)."""

    __tablename__ = "login_transactions"
    __table_args__ = (
        own("connections", "connection_id"),
        sa.UniqueConstraint("organization_id", "connection_id", "request_id", name="uq_login_transactions_request"),
        sa.Index(None, "expires_at"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    purpose: Mapped[LoginPurpose] = mapped_column(choice(LoginPurpose))
    request_id: Mapped[Short]
    browser_hash: Mapped[Short]
    test_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    config_hash: Mapped[Short]
    target: Mapped[Text] = mapped_column(default="")
    result: Mapped[Document]
    created_at: Mapped[Created]
    expires_at: Mapped[Time]
    answered_at: Mapped[Time | None]
    finished_at: Mapped[Time | None]


class SamlAssertion(Model):
    """The replay table: an assertion is used once, until it expires (design.md §8.8)."""

    __tablename__ = "saml_assertions"
    __table_args__ = (
        own("connections", "connection_id"),
        sa.UniqueConstraint("organization_id", "connection_id", "assertion_id", name="uq_saml_assertions_assertion"),
        sa.Index(None, "expires_at"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    assertion_id: Mapped[Line]
    expires_at: Mapped[Time]
