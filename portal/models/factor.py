"""What a person proves themselves with besides a password: passkeys, an authenticator app, recovery codes."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Model
from portal.models.base import Created, Id, Line, Short, Text, Time, Words, choice
from portal.models.user import User

FREE_TRIES = 5
LONGEST_WAIT = timedelta(hours=1)


class Factor(enum.StrEnum):
    PASSKEY = "passkey"
    AUTHENTICATOR = "authenticator"
    RECOVERY_CODE = "recovery_code"


class Passkey(Model):
    """`credential_id` and `public_key` are base64url without padding, as WebAuthn's JSON writes them."""

    __tablename__ = "passkeys"
    __table_args__ = (sa.UniqueConstraint("credential_id"), sa.Index(None, "user_id"))

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"))
    credential_id: Mapped[str] = mapped_column(sa.String(1400))
    public_key: Mapped[Text]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    transports: Mapped[Words]
    name: Mapped[Line]
    created_at: Mapped[Created]
    last_used_at: Mapped[Time | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class PasskeyPurpose(enum.StrEnum):
    """What a challenge was made for; an answer to one is worth nothing for another."""

    ADD = "add"
    SIGN_IN = "sign_in"
    PROVE = "prove"


class PasskeyChallenge(Model):
    """A question to a browser's authenticator, answered once. `user_id` is empty where anybody may answer."""

    __tablename__ = "passkey_challenges"
    __table_args__ = (sa.UniqueConstraint("challenge_hash"), sa.Index(None, "expires_at"))

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[PasskeyPurpose] = mapped_column(choice(PasskeyPurpose))
    challenge_hash: Mapped[Short]
    expires_at: Mapped[Time]


class TotpSecret(Model):
    """A person's authenticator app (RFC 6238: SHA-1, six digits, 30 seconds). `secret` is encrypted; `last_step` is the last
    time step whose code was used, so that none works twice."""

    __tablename__ = "totp_secrets"
    __table_args__ = (sa.UniqueConstraint("user_id"),)

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"))
    secret: Mapped[Text]
    last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[Time | None]
    created_at: Mapped[Created]
    last_used_at: Mapped[Time | None]

    def waits_until(self, at: datetime) -> datetime | None:
        """After five wrong codes each further one makes the person wait, a minute first, then twice as long each time."""
        if self.failed_at is None or self.failures < FREE_TRIES:
            return None
        wait = min(timedelta(minutes=2 ** min(self.failures - FREE_TRIES, 10)), LONGEST_WAIT)
        return self.failed_at + wait if at < self.failed_at + wait else None


class RecoveryCode(Model):
    """One of ten, each good for one sign-in."""

    __tablename__ = "recovery_codes"
    __table_args__ = (sa.UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"))
    code_hash: Mapped[Short]
    created_at: Mapped[Created]
    used_at: Mapped[Time | None]


@dataclass(frozen=True)
class Shown:
    """A factor that was shown just now: which kind, and which one."""

    factor: Factor
    id: uuid.UUID
