"""Keys that sign tokens and receipts: the next one is published before it signs, the former one while its tokens live. Of a
retired key nothing is kept but the public half, so that an old receipt can still be checked."""

import json
from datetime import timedelta

import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from portal.extensions import db
from portal.models import SigningKey
from portal.models.base import now
from portal.organizations import events
from portal.organizations.actors import OPERATOR, Actor
from portal.organizations.secrets import decrypt, encrypt

Claims = dict[str, object]

AHEAD = timedelta(days=1)
"""A new key signs a day after it is published, and the former one is published for a day more: caches live shorter."""

BITS = 2048
ALGORITHM = "RS256"


def present() -> SigningKey:
    """The key that signs now; the very first one is made when it is needed."""
    signing = [key for key in _every() if key.signs(now())]
    return signing[-1] if signing else _make(OPERATOR, ahead=timedelta())


def published() -> list[SigningKey]:
    """The next one, the one that signs, and the former one while caches and tokens may know it."""
    keys = [key for key in _every() if key.private]
    if not keys:
        return [present()]
    return [
        key for index, key in enumerate(keys) if index + 1 == len(keys) or keys[index + 1].signs_from > now() - AHEAD
    ]


def retired() -> list[SigningKey]:
    """Those that sign no more and are published no more among the others."""
    kept = {key.id for key in published()}
    return [key for key in _every() if key.id not in kept]


def rotate(*, by: Actor) -> SigningKey:
    """Publish the next key, and forget the private half of those that are published no longer."""
    present()
    for key in retired():
        key.private = ""
    return _make(by, ahead=AHEAD)


def sign(claims: Claims, typ: str) -> str:
    key = present()
    return jwt.encode({"alg": ALGORITHM, "typ": typ, "kid": str(key.public["kid"])}, claims, private(key))


def read(token: str, *, old: bool = False) -> jwt.Token:
    """What one of our keys has signed, whatever it says of time and audience; raises joserfc's or a ValueError. `old`: by a
    retired one, too."""
    keys = [*published(), *(retired() if old else [])]
    return jwt.decode(token, KeySet([public(key) for key in keys]), [ALGORITHM])


def private(key: SigningKey) -> RSAKey:
    return RSAKey.import_key(json.loads(decrypt(key.private)))


def public(key: SigningKey) -> RSAKey:
    return RSAKey.import_key({name: str(value) for name, value in key.public.items()})


def _every() -> list[SigningKey]:
    return list(db.session.scalars(sa.select(SigningKey).order_by(SigningKey.signs_from, SigningKey.id)))


def _make(by: Actor, *, ahead: timedelta) -> SigningKey:
    made = RSAKey.generate_key(BITS, {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
    row = SigningKey(
        public=dict(made.as_dict(private=False)),
        private=encrypt(json.dumps(made.as_dict(private=True))),
        signs_from=now() + ahead,
    )
    db.session.add(row)
    db.session.flush()
    events.record("signing_key.created", None, row, by=by, kid=made.kid)
    return row
