"""A practice IdP: a pretended company's identity provider, for the demo, tests and rehearsal. It belongs to no organization."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, Short, Text


class PracticeTenant(Model):
    """`cast` is what its admin sees: people, groups, what was pasted; `exchanges` the last SCIM requests it sent. The private
    key and the SCIM token in `cast` are encrypted. `version` counts the changes, so that none is lost to another."""

    __tablename__ = "practice_tenants"
    __table_args__ = (sa.Index(None, "created_at"),)

    id: Mapped[Id]
    personality: Mapped[Short]
    name: Mapped[Line]
    private_key: Mapped[Text]
    certificate: Mapped[Text]
    cast: Mapped[Document]
    exchanges: Mapped[Document]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
