"""The attributes an organization adds to its people, and those an IdP sends that nobody keeps."""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Id, Line, OrganizationId, Short, choice, own, owned

URN = "urn:vestibule:scim:schemas:organization:2.0:User"
"""The SCIM schema under which an organization's own attributes are published, and kept in `DirectoryUser.data`."""


class AttributeType(enum.StrEnum):
    STRING = "string"
    BOOLEAN = "boolean"
    NUMBER = "number"
    TIME = "dateTime"


class CustomAttribute(Model):
    """`name` as the IdP writes it; `name_key` compares without case (RFC 7643 §2.1)."""

    __tablename__ = "custom_attributes"
    __table_args__ = (
        owned(),
        sa.UniqueConstraint("organization_id", "name_key", name="uq_custom_attributes_name"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    name: Mapped[Short]
    name_key: Mapped[Short]
    type: Mapped[AttributeType] = mapped_column(choice(AttributeType), default=AttributeType.STRING)
    many: Mapped[bool] = mapped_column(default=False)
    says: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Created]


class IgnoredAttribute(Model):
    """A name that came `times` times with people or groups of a directory and that we do not keep."""

    __tablename__ = "ignored_attributes"
    __table_args__ = (
        own("directories", "directory_id"),
        sa.UniqueConstraint("organization_id", "directory_id", "name", name="uq_ignored_attributes_name"),
    )

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    directory_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    name: Mapped[Line]
    times: Mapped[int] = mapped_column(default=1)
    last_seen_at: Mapped[Created]
