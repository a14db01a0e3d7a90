"""What the OpenID provider keeps: the application's clients, the sign-ins given to them, and the keys that sign."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Document, Id, Line, Short, Text, Time, Words
from portal.models.session import Session
from portal.models.user import User


class Client(Model):
    """A program people sign in to. Without a secret it is public, such as one that runs in a browser."""

    __tablename__ = "oidc_clients"

    id: Mapped[Id]
    name: Mapped[Line]
    secret_hash: Mapped[Short] = mapped_column(default="")
    redirect_uris: Mapped[Words]
    created_at: Mapped[Created]

    @property
    def public(self) -> bool:
        return not self.secret_hash


class Grant(Model):
    """One sign-in given to a client: the code that carries it there, and whether it still counts. It lives in a person's
    session and ends with it. `organization` is the one in force."""

    __tablename__ = "oidc_grants"
    __table_args__ = (sa.UniqueConstraint("code_hash"), sa.Index(None, "user_id", "organization"))

    id: Mapped[Id]
    client_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("oidc_clients.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("sessions.id", ondelete="CASCADE"))
    organization: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    scope: Mapped[Line]
    redirect_uri: Mapped[Text]
    nonce: Mapped[Text] = mapped_column(default="")
    challenge: Mapped[Line]
    code_hash: Mapped[Short]
    code_expires_at: Mapped[Time]
    code_used_at: Mapped[Time | None]
    created_at: Mapped[Created]
    revoked_at: Mapped[Time | None]

    client: Mapped[Client] = relationship(lazy="joined", innerjoin=True)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    session: Mapped[Session] = relationship(lazy="joined", innerjoin=True)


class RefreshToken(Model):
    """Used once; a second use ends the whole grant, because one of the two who have it must not."""

    __tablename__ = "oidc_refresh_tokens"
    __table_args__ = (sa.UniqueConstraint("token_hash"), sa.Index(None, "grant_id"))

    id: Mapped[Id]
    grant_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("oidc_grants.id", ondelete="CASCADE"))
    token_hash: Mapped[Short]
    created_at: Mapped[Created]
    used_at: Mapped[Time | None]

    grant: Mapped[Grant] = relationship(lazy="joined", innerjoin=True)


class SigningKey(Model):
    """`private` is kept encrypted. A key is published before it signs and for a while after."""

    __tablename__ = "oidc_signing_keys"

    id: Mapped[Id]
    public: Mapped[Document]
    private: Mapped[Text]
    created_at: Mapped[Created]
    signs_from: Mapped[Time]

    def signs(self, at: datetime) -> bool:
        return self.signs_from <= at
