"""Password hashes that another product made: read when people move in, verified once, and then replaced by our own.

Whoever wrote the export chose what a check costs, so what would cost too much is refused before it is kept.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import bcrypt
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError

from portal.organizations.refusals import HashNotTaken

LONGEST = 255
MOST_MEMORY = 256 * 1024 * 1024
MOST_BCRYPT, MOST_ROUNDS, MOST_PASSES = 15, 2_000_000, 10
BCRYPT_READS = 72
"""Bytes of a password; the other products cut the rest off without a word, and so do we."""
_BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_PHC = re.compile(r"\$([a-z0-9-]+)\$(?:v=\d+\$)?([a-z]+=\w+(?:,[a-z]+=\w+)*)\$([\w+/.=-]+)\$([\w+/.=-]+)")
_DIGESTS = {"pbkdf2-sha1": "sha1", "pbkdf2-sha256": "sha256", "pbkdf2-sha512": "sha512"}


@dataclass(frozen=True)
class _Phc:
    """`$name$parameters$salt$hash`, as the password hashing competition writes it."""

    name: str
    parameters: dict[str, str]
    salt: bytes
    digest: bytes

    def number(self, *names: str, default: int = 0) -> int:
        found = next((self.parameters[name] for name in names if name in self.parameters), str(default))
        return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else 0


def checked(text: str) -> str:
    """The hash as it may be kept, or `HashNotTaken`."""
    text = text.strip()
    if len(text) > LONGEST or not text.isascii():
        raise HashNotTaken
    for known, is_bearable, _ in KINDS:
        if known(text):
            if not is_bearable(text):
                raise HashNotTaken("A check of this password hash would cost more than is reasonable.")
            return text
    raise HashNotTaken


def is_foreign(stored: str) -> bool:
    """Whether to replace it as soon as the password is known. Another's Argon2id is no stranger to us: our own hasher sees
    to its parameters."""
    return not stored.startswith("$argon2id$")


def verify(stored: str, password: str) -> bool:
    return any(matches(stored, password) for known, _, matches in KINDS if known(stored))


def _is_bcrypt(text: str) -> bool:
    return _BCRYPT.fullmatch(text) is not None


def _bears_bcrypt(text: str) -> bool:
    return 4 <= int(text[4:6]) <= MOST_BCRYPT


def _matches_bcrypt(stored: str, password: str) -> bool:
    try:
        return bcrypt.checkpw(password.encode()[:BCRYPT_READS], stored.encode())
    except ValueError:
        return False


def _is_argon2(text: str) -> bool:
    try:
        return extract_parameters(text).type in (Type.I, Type.ID)
    except (InvalidHashError, ValueError):
        return False


def _bears_argon2(text: str) -> bool:
    cost = extract_parameters(text)
    return cost.memory_cost * 1024 <= MOST_MEMORY and cost.time_cost <= MOST_PASSES and cost.parallelism <= 16


def _matches_argon2(stored: str, password: str) -> bool:
    try:
        return _argon2().verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _argon2() -> PasswordHasher:
    return PasswordHasher()


def _is_pbkdf2(text: str) -> bool:
    found = _phc(text)
    return found is not None and found.name in _DIGESTS


def _bears_pbkdf2(text: str) -> bool:
    found = _phc(text)
    return found is not None and 1 <= found.number("i", "r") <= MOST_ROUNDS and 16 <= len(found.digest) <= 64


def _matches_pbkdf2(stored: str, password: str) -> bool:
    if (found := _phc(stored)) is None:
        return False
    made = hashlib.pbkdf2_hmac(
        _DIGESTS[found.name], password.encode(), found.salt, found.number("i", "r"), len(found.digest)
    )
    return hmac.compare_digest(made, found.digest)


def _is_scrypt(text: str) -> bool:
    found = _phc(text)
    return found is not None and found.name == "scrypt"


def _bears_scrypt(text: str) -> bool:
    if (found := _phc(text)) is None:
        return False
    n, r, p = _scrypt_cost(found)
    is_power = n > 1 and n & (n - 1) == 0
    return is_power and r >= 1 and 1 <= p <= 16 and 128 * n * r <= MOST_MEMORY and 16 <= len(found.digest) <= 64


def _matches_scrypt(stored: str, password: str) -> bool:
    if (found := _phc(stored)) is None:
        return False
    n, r, p = _scrypt_cost(found)
    made = hashlib.scrypt(
        password.encode(), salt=found.salt, n=n, r=r, p=p, maxmem=2 * MOST_MEMORY, dklen=len(found.digest)
    )
    return hmac.compare_digest(made, found.digest)


def _scrypt_cost(found: _Phc) -> tuple[int, int, int]:
    """`ln` is the logarithm of the cost, `n` the cost itself."""
    logarithm = found.number("ln")
    n = 1 << logarithm if 0 < logarithm < 32 else found.number("n")
    return n, found.number("r"), found.number("p")


def _phc(text: str) -> _Phc | None:
    match = _PHC.fullmatch(text)
    if match is None:
        return None
    parameters = dict(pair.split("=", 1) for pair in match[2].split(","))
    try:
        return _Phc(match[1], parameters, _decoded(match[3]), _decoded(match[4]))
    except (binascii.Error, ValueError):
        return None


def _decoded(text: str) -> bytes:
    """Base64 with or without padding, in any of the alphabets that are about."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/").replace(".", "+")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


Looks = Callable[[str], bool]
KINDS: tuple[tuple[Looks, Looks, Callable[[str, str], bool]], ...] = (
    (_is_bcrypt, _bears_bcrypt, _matches_bcrypt),
    (_is_argon2, _bears_argon2, _matches_argon2),
    (_is_pbkdf2, _bears_pbkdf2, _matches_pbkdf2),
    (_is_scrypt, _bears_scrypt, _matches_scrypt),
)
