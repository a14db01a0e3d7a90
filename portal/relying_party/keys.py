"""The keys of OpenID providers: kept for an hour in each process, and asked for anew where a token names another one."""

import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from portal.relying_party.talking import get_json
from portal.web.fetch import NotFetched
from portal.words import _l

FRESH = 3600.0
STALE = 24 * FRESH  # the last good copy serves for so long while the provider cannot be reached
PAUSE = 10.0  # between two looks that a strange key asked for: anybody may send one
MOST_KEYS = 50
MOST_PROVIDERS = 1000
SMALLEST_RSA = 2048
Key = RSAKey | ECKey


@dataclass(frozen=True)
class _Kept:
    keys: tuple[Key, ...]
    since: float


_kept: OrderedDict[str, _Kept] = OrderedDict()
_lock = Lock()


def of(jwks_uri: str, kid: str | None) -> tuple[Key, ...]:
    """The keys that may have made a signature: those of this name, or all where it names none."""
    kept = _look(jwks_uri, kid)
    return tuple(key for key in kept.keys if kid is None or key.kid == kid)


def fetch(jwks_uri: str) -> tuple[Key, ...]:
    """As the provider says them now; `NotFetched` where it does not."""
    document = get_json(jwks_uri)
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise NotFetched("no-keys", _l("The address of the keys holds none."))
    found = [key for one in listed[:MOST_KEYS] if (key := _usable(one))]
    with _lock:
        _kept[jwks_uri] = _Kept(tuple(found), time.monotonic())
        _kept.move_to_end(jwks_uri)
        while len(_kept) > MOST_PROVIDERS:
            _kept.popitem(last=False)
    return tuple(found)


def _look(jwks_uri: str, kid: str | None) -> _Kept:
    kept = _kept.get(jwks_uri)
    age = time.monotonic() - kept.since if kept else STALE
    strange = kept is not None and kid is not None and all(key.kid != kid for key in kept.keys)
    if kept and age < FRESH and not (strange and age > PAUSE):
        return kept
    try:
        return _Kept(fetch(jwks_uri), 0)
    except NotFetched:
        if kept and age < STALE:
            return kept
        raise


def _usable(one: object) -> Key | None:
    """Public keys for signatures only: never a shared secret, which anybody who reads the document could sign with."""
    if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC") or one.get("use", "sig") != "sig":
        return None
    with suppress(JoseError, ValueError, TypeError):
        (key,) = KeySet.import_key_set({"keys": [one]}).keys
        if isinstance(key, RSAKey) and isinstance(key.public_key, RSAPublicKey):
            return key if key.public_key.key_size >= SMALLEST_RSA else None
        if isinstance(key, ECKey):
            return key
    return None
