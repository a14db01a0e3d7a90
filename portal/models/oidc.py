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
    """A program people sign in to. Without a secret it is public, such as one that runs in a browser. The former secret still
    counts until `former_until`. `backchannel_logout_uri` is told when a sign-in ends; empty: nobody asks to be told."""

    __tablename__ = "oidc_clients"

    id: Mapped[Id]
    name: Mapped[Line]
    secret_hash: Mapped[Short] = mapped_column(default="")
    redirect_uris: Mapped[Words]
    created_at: Mapped[Created]
    former_secret_hash: Mapped[Short] = mapped_column(default="")
    former_until: Mapped[Time | None]
    logout_redirect_uris: Mapped[Words]
    backchannel_logout_uri: Mapped[Text] = mapped_column(default="")

    @property
    def public(self) -> bool:
        return not self.secret_hash


class Grant(Model):
    """One sign-in given to a client: the code that carries it there, and whether it still counts. It lives in a person's
    session and ends with it. `organization` is the one in force. What was ended is also its own outbox: where
    `logout_due_at` is set, the client waits for a logout token. `receipt_id` is the receipt of the offboarding that ended it."""

    __tablename__ = "oidc_grants"
    __table_args__ = (
        sa.UniqueConstraint("code_hash"),
        sa.Index(None, "user_id", "organization"),
        sa.Index(None, "session_id"),
        sa.Index(None, "logout_due_at"),
        sa.Index(None, "receipt_id"),
    )

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
    receipt_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    logout_due_at: Mapped[Time | None]
    logout_attempts: Mapped[int] = mapped_column(default=0)
    logout_tried_at: Mapped[Time | None]
    logout_heard_at: Mapped[Time | None]
    logout_answered: Mapped[Line] = mapped_column(default="")

    client: Mapped[Client] = relationship(lazy="joined", innerjoin=True)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    session: Mapped[Session] = relationship(lazy="joined", innerjoin=True)

    @property
    def sid(self) -> str:
        """What tokens call the session: this browser in this organization, so that leaving one company ends nothing in
        another."""
        return f"{self.session_id}.{self.organization}" if self.organization else str(self.session_id)


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
    """`private` is kept encrypted, and is gone once the key is retired. A key is published before it signs and for a while
    after; of a retired one the public half stays, for receipts that were signed with it."""

    __tablename__ = "oidc_signing_keys"

    id: Mapped[Id]
    public: Mapped[Document]
    private: Mapped[Text]
    created_at: Mapped[Created]
    signs_from: Mapped[Time]

    def signs(self, at: datetime) -> bool:
        return bool(self.private) and self.signs_from <= at
