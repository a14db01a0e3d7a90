"""Passwords: Argon2id, checked in constant effort whether or not the person exists; another product's until the first sign-in."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from portal.extensions import db
from portal.models import Session, User
from portal.organizations import credential_notices, events, foreign_hashes, sessions, users
from portal.organizations.actors import Actor
from portal.organizations.refusals import CommonPassword, WeakPassword, WrongPassword
from portal.settings import current
from portal.words import _l

SHORTEST, LONGEST = 10, 1000
LOOKED_AT = 72
STRONG = 3
"""Of zxcvbn's 0 to 4: more than 10^8 guesses."""


def check(email: str, password: str) -> User:
    """The person whose password this is, or `WrongPassword`; an unknown address takes as long as a wrong password."""
    user = users.find(email)
    stored = user.password_hash if user else None
    if not _matches(stored or _decoy(), password) or user is None or stored is None:
        raise WrongPassword
    if foreign_hashes.is_foreign(stored) or _hasher().check_needs_rehash(stored):
        user.password_hash = _hasher().hash(password)
    return user


def set_for(user: User, password: str, *, by: Actor, keep: Session | None = None, ends_others: bool = True) -> None:
    """Every other session ends unless the person chose otherwise, because somebody else may know the old one."""
    require_strong(user, password)
    is_first = user.password_hash is None
    user.password_hash = _hasher().hash(password)
    for row in sessions.of(user) if user.id and ends_others else ():
        if keep is None or row.id != keep.id:
            sessions.revoke(row, by=by)
    db.session.flush()
    events.record("user.password_changed", user.home_organization_id, user, by=by)
    if not is_first:
        credential_notices.tell(user, _l("Your password was changed."))


def require_strong(user: User, password: str) -> None:
    """Length, and how soon somebody would guess it: known passwords, words, dates, keyboard rows, and what is known of the
    person. No rules about kinds of letters (ASVS 6.2.1, 6.2.4, 6.2.5)."""
    local = user.email_key.partition("@")[0]
    if not SHORTEST <= len(password) <= LONGEST or local in password.lower():
        raise WeakPassword
    known = [user.email_key, local, user.domain, *user.domain.split("."), *user.name.split(), current().app_name]
    from zxcvbn import zxcvbn  # its tables take a quarter of a second to read: not at every start

    if zxcvbn(password[:LOOKED_AT], user_inputs=known)["score"] < STRONG:
        raise CommonPassword


def is_right(user: User, password: str) -> bool:
    return bool(user.password_hash) and _matches(user.password_hash or "", password)


def _matches(stored: str, password: str) -> bool:
    """A stranger's hash is checked beside a decoy of ours: a password that is wrong takes at least as long as everywhere."""
    if foreign_hashes.is_foreign(stored):
        if foreign_hashes.verify(stored, password):
            return True
        _is_ours(_decoy(), password)
        return False
    return _is_ours(stored, password)


def _is_ours(stored: str, password: str) -> bool:
    try:
        return _hasher().verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    """Cheap where only tests look, the library's own recommendation everywhere else."""
    return _cheap() if current().environment == "test" else _strong()


@cache
def _strong() -> PasswordHasher:
    return PasswordHasher()


@cache
def _cheap() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@cache
def _decoy_of(cheap: bool) -> str:
    return (_cheap() if cheap else _strong()).hash("nobody's password")


def _decoy() -> str:
    return _decoy_of(current().environment == "test")
