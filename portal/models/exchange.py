"""One recorded SCIM, SAML or OpenID Connect request and its answer, redacted, for the people who must explain it."""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Id, Line, OrganizationId, Short, Text, choice, own


class Protocol(enum.StrEnum):
    SAML = "saml"
    OIDC = "oidc"
    SCIM = "scim"


class Exchange(Model):
    """`problem` is empty when all went well; `code` is what a person may quote to support."""

    __tablename__ = "exchanges"
    __table_args__ = (
        own("connections", "connection_id"),
        own("directories", "directory_id"),
        sa.Index(None, "organization_id", "directory_id", "id"),
        sa.Index(None, "organization_id", "connection_id", "id"),
        sa.Index(None, "code"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    connection_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    directory_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    protocol: Mapped[Protocol] = mapped_column(choice(Protocol))
    at: Mapped[Created]
    method: Mapped[Short] = mapped_column(default="")
    path: Mapped[Text] = mapped_column(default="")
    status: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[int] = mapped_column(default=0)
    agent: Mapped[Line] = mapped_column(default="")
    token_prefix: Mapped[Short] = mapped_column(default="")
    code: Mapped[Short] = mapped_column(default="")
    problem: Mapped[Text] = mapped_column(default="")
    request_body: Mapped[Text] = mapped_column(default="")
    answer_body: Mapped[Text] = mapped_column(default="")
