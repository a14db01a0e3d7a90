"""Our key pairs of one connection: made, published early, put to work, retired, forgotten.

A key is `next` until its time, then `active`, then `retired`: the IdP learns the next one from our metadata before it
signs anything, and what the IdP encrypted for the former one can still be opened.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Connection, ConnectionKey, KeyState
from portal.models.base import new_id, now
from portal.organizations import events, secrets
from portal.organizations.actors import Actor
from portal.organizations.refusals import KeyWaits, NoKeyWaits
from portal.settings import current

LIFE = dt.timedelta(days=3 * 365)
REMEMBERED = dt.timedelta(days=30)
_ORDER = {KeyState.ACTIVE: 0, KeyState.NEXT: 1, KeyState.RETIRED: 2}


def make(connection: Connection, *, by: Actor) -> ConnectionKey:
    """A new key pair: the first is active at once, a later one waits as the next. The database judges that there is one
    of each."""
    at = now()
    state = KeyState.NEXT if active(connection) else KeyState.ACTIVE
    private, certificate = _pair(at)
    row = ConnectionKey(
        id=new_id(), organization_id=connection.organization_id, connection_id=connection.id, state=state,
        private_key=secrets.encrypt(private), certificate=certificate.public_bytes(Encoding.PEM).decode(),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(), not_after=certificate.not_valid_after_utc,
        active_at=at if state is KeyState.ACTIVE else None,
    )  # fmt: skip
    _save(row)
    events.record(
        "connection.key_made", connection.organization_id, connection, by=by, key=row.label, state=state.value
    )
    return row


def ensure(connection: Connection, *, by: Actor) -> ConnectionKey:
    """The key that signs, made where there is none yet."""
    return active(connection) or make(connection, by=by)


def activate(connection: Connection, *, by: Actor) -> ConnectionKey:
    """Put the next key to work; the one before it opens what is still on its way, for 30 days."""
    held = {row.state: row for row in listed(connection)}
    waiting, former = held.get(KeyState.NEXT), held.get(KeyState.ACTIVE)
    if waiting is None:
        raise NoKeyWaits
    if former:
        former.retire(now())
        db.session.flush()
    waiting.activate(now())
    db.session.flush()
    events.record("connection.key_activated", connection.organization_id, connection, by=by, key=waiting.label)
    return waiting


def forget_retired() -> None:
    """What was retired long ago opens nothing any more. For the worker."""
    long_ago = ConnectionKey.retired_at < now() - REMEMBERED
    db.session.execute(sa.delete(ConnectionKey).where(ConnectionKey.state == KeyState.RETIRED, long_ago))


def listed(connection: Connection) -> Sequence[ConnectionKey]:
    """The active one first, then the next, then the retired."""
    query = sa.select(ConnectionKey).where(
        ConnectionKey.organization_id == connection.organization_id, ConnectionKey.connection_id == connection.id
    )
    return sorted(db.session.scalars(query), key=lambda row: (_ORDER[row.state], row.id))


def active(connection: Connection) -> ConnectionKey | None:
    return next((row for row in listed(connection) if row.state is KeyState.ACTIVE), None)


def private_key(row: ConnectionKey) -> str:
    """The private key as PEM, for signing and opening only."""
    return secrets.decrypt(row.private_key)


def _save(row: ConnectionKey) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        if "connection_keys" in str(error.orig):
            raise KeyWaits from error
        raise


def _pair(at: dt.datetime) -> tuple[str, x509.Certificate]:
    """RSA, because every IdP takes it. Self-signed: IdPs compare the key, not who vouches for it."""
    key = rsa.generate_private_key(65537, current().saml_key_bits)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, current().host.partition(":")[0][:64])])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(at - dt.timedelta(hours=1)).not_valid_after(at + LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode(), builder.sign(key, hashes.SHA256())
