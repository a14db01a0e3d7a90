"""Codes of an authenticator app (RFC 6238): set up by showing that the app works, checked with one step of leeway, each
used once."""

import hmac
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa
from cryptography.fernet import InvalidToken

from portal.extensions import db
from portal.models import TotpSecret, User
from portal.models.base import now
from portal.organizations import breakglass, credential_notices, events
from portal.organizations.actors import Actor
from portal.organizations.refusals import TooManyCodes, WrongOneTimeCode
from portal.organizations.secrets import decrypt, encrypt
from portal.settings import current
from portal.words import _l

STEP = 30
LEEWAY = (-1, 0, 1)


@dataclass(frozen=True)
class Offer:
    """A new secret, not kept yet. `sealed` is for the form that brings it back; only this person can use it."""

    secret: str
    sealed: str
    uri: str

    @property
    def spelled(self) -> str:
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


def offer(user: User, sealed: str = "") -> Offer:
    """A new one, or again the one that is `sealed`."""
    secret = _opened(user, sealed) if sealed else pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=current().app_name)
    return Offer(secret, encrypt(f"{user.id} {secret}"), uri)


def set_up(user: User, sealed: str, code: str, *, by: Actor) -> TotpSecret:
    """The code shows that the app has the secret. A second app takes the place of the first, whose rehearsal goes on
    because the new one has just been shown to work."""
    secret = _opened(user, sealed)
    step = _step(secret, code)
    if step is None:
        raise WrongOneTimeCode
    row = of(user) or TotpSecret(user_id=user.id)
    row.secret, row.last_step, row.failures, row.failed_at, row.created_at = encrypt(secret), step, 0, None, now()
    db.session.add(row)
    db.session.flush()
    events.record("user.authenticator_set_up", user.home_organization_id, user, by=by)
    credential_notices.tell(user, _l("An authenticator app was set up."))
    return row


def check(user: User, code: str) -> TotpSecret:
    """`WrongOneTimeCode`, which the caller commits so that it counts; after five in a row `TooManyCodes`, longer each time."""
    row = _held(user)
    if row is None:
        raise WrongOneTimeCode
    if until := row.waits_until(now()):
        raise TooManyCodes(until - now())
    step = _step(decrypt(row.secret), code)
    if step is None or step <= row.last_step:
        row.failures, row.failed_at = row.failures + 1, now()
        raise WrongOneTimeCode
    row.last_step, row.failures, row.failed_at, row.last_used_at = step, 0, None, now()
    return row


def of(user: User) -> TotpSecret | None:
    return db.session.scalars(sa.select(TotpSecret).where(TotpSecret.user_id == user.id)).one_or_none()


def remove(user: User, *, by: Actor) -> None:
    row = of(user)
    if row is None:
        return
    breakglass.lapse(user, row.id, by=by)
    db.session.delete(row)
    events.record("user.authenticator_removed", user.home_organization_id, user, by=by)
    credential_notices.tell(user, _l("The authenticator app was removed."))


def _held(user: User) -> TotpSecret | None:
    """Held until the transaction ends, so that one code is judged after the other."""
    held = sa.select(TotpSecret).where(TotpSecret.user_id == user.id)
    return db.session.scalars(held.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _step(secret: str, code: str) -> int | None:
    """The time step this code belongs to, if it is within the leeway."""
    plain = "".join(code.split()).encode()
    present = int(now().timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    steps = [present + one for one in LEEWAY if hmac.compare_digest(totp.at((present + one) * STEP).encode(), plain)]
    return max(steps, default=None)


def _opened(user: User, sealed: str) -> str:
    try:
        owner, _, secret = decrypt(sealed).partition(" ")
    except InvalidToken:
        raise WrongOneTimeCode from None
    if owner != str(user.id):
        raise WrongOneTimeCode
    return secret
