"""Names that something had in another product: what an identity provider was told there goes on working here."""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Id, OrganizationId, choice, own

LONGEST = 500


class AliasKind(enum.StrEnum):
    """The first three are addresses and names that identity providers hold; the others are ids, by which an export that is read
    again finds what it made."""

    ENTITY_ID = "entity_id"
    ACS = "acs"
    SCIM = "scim"
    ORGANIZATION = "organization"
    CONNECTION = "connection"
    DIRECTORY = "directory"


class Alias(Model):
    """`value` is the name to the letter; `place` is what a request is found by: of an address, what follows the host. `issuer`
    is the IdP's entity id where several connections had one address, and empty where it was one connection's own."""

    __tablename__ = "aliases"
    __table_args__ = (
        own("connections", "connection_id"),
        own("directories", "directory_id"),
        sa.UniqueConstraint("kind", "place", "issuer", name="uq_aliases_place"),
        sa.Index(None, "organization_id", "connection_id"),
        sa.Index(None, "organization_id", "directory_id"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    kind: Mapped[AliasKind] = mapped_column(choice(AliasKind))
    value: Mapped[str] = mapped_column(sa.String(LONGEST))
    place: Mapped[str] = mapped_column(sa.String(LONGEST))
    issuer: Mapped[str] = mapped_column(sa.String(LONGEST), default="")
    connection_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    directory_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    created_at: Mapped[Created]
