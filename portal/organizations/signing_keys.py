"""Keys that sign tokens: the next one is published before it signs, the former one while its tokens live."""

import json
from datetime import timedelta

import sqlalchemy as sa
from joserfc.jwk import RSAKey

from portal.extensions import db
from portal.models import SigningKey
from portal.models.base import now
from portal.organizations import events
from portal.organizations.actors import OPERATOR, Actor
from portal.organizations.secrets import decrypt, encrypt

AHEAD = timedelta(days=1)
"""A new key signs a day after it is published, and the former one is published for a day more: caches live shorter."""

BITS = 2048


def present() -> SigningKey:
    """The key that signs now; the very first one is made when it is needed."""
    signing = [key for key in _every() if key.signs(now())]
    return signing[-1] if signing else _make(OPERATOR, ahead=timedelta())


def published() -> list[SigningKey]:
    keys = _every()
    if not keys:
        return [present()]
    return [
        key for index, key in enumerate(keys) if index + 1 == len(keys) or keys[index + 1].signs_from > now() - AHEAD
    ]


def rotate(*, by: Actor) -> SigningKey:
    """Publish the next key, and forget those that are published no longer."""
    present()
    kept = {key.id for key in published()}
    for key in _every():
        if key.id not in kept:
            db.session.delete(key)
    return _make(by, ahead=AHEAD)


def private(key: SigningKey) -> RSAKey:
    return RSAKey.import_key(json.loads(decrypt(key.private)))


def public(key: SigningKey) -> RSAKey:
    return RSAKey.import_key({name: str(value) for name, value in key.public.items()})


def _every() -> list[SigningKey]:
    return list(db.session.scalars(sa.select(SigningKey).order_by(SigningKey.signs_from, SigningKey.id)))


def _make(by: Actor, *, ahead: timedelta) -> SigningKey:
    made = RSAKey.generate_key(BITS, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)
    row = SigningKey(
        public=dict(made.as_dict(private=False)),
        private=encrypt(json.dumps(made.as_dict(private=True))),
        signs_from=now() + ahead,
    )
    db.session.add(row)
    db.session.flush()
    events.record("signing_key.created", None, row, by=by, kid=made.kid)
    return row
