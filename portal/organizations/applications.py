"""Clients: programs of the application that people sign in to with OpenID Connect."""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Client
from portal.models.base import now
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.refusals import BadAddress
from portal.organizations.secrets import digest, new_secret
from portal.words import _

LOCAL = ("localhost", "127.0.0.1", "::1")
OVERLAP = timedelta(days=7)
"""Both secrets count for so long, while the application is given the new one."""


@dataclass(frozen=True)
class Addresses:
    """Where people come back after a sign-in and after a sign-out, and what is told of sign-outs from behind."""

    redirect_uris: Sequence[str]
    logout_redirect_uris: Sequence[str] = ()
    backchannel_logout_uri: str = ""

    def check(self) -> None:
        given = [*self.redirect_uris, *self.logout_redirect_uris, *filter(None, [self.backchannel_logout_uri])]
        wrong = [uri for uri in given if not _may_be_sent_to(uri)]
        if wrong or not self.redirect_uris:
            named = ", ".join(wrong)[:500] or _("A redirect URI is missing")
            raise BadAddress(f"{named}. {BadAddress.words}")


def create(name: str, addresses: Addresses, *, by: Actor, public: bool = False) -> tuple[Client, str]:
    """Returns the row and the secret, which nobody can see again; a public client has none."""
    addresses.check()
    secret = "" if public else _new_secret()
    row = Client(name=_named(name), secret_hash=digest(secret) if secret else "")
    _take(row, addresses)
    db.session.add(row)
    db.session.flush()
    events.record("client.created", None, row, by=by)
    return row, secret


def change(row: Client, name: str, addresses: Addresses, *, by: Actor) -> None:
    addresses.check()
    row.name = _named(name)
    _take(row, addresses)
    events.record("client.changed", None, row, by=by)


def rotate_secret(row: Client, *, by: Actor) -> str:
    """The former secret counts for seven days more; `LookupError` where there is none to rotate."""
    if row.public:
        raise LookupError("this client is public: it has no secret")
    secret = _new_secret()
    row.former_secret_hash, row.former_until = row.secret_hash, now() + OVERLAP
    row.secret_hash = digest(secret)
    events.record("client.secret_rotated", None, row, by=by)
    return secret


def end_former_secret(row: Client, *, by: Actor) -> None:
    """At once, because somebody else may know it."""
    if row.former_until is not None:
        row.former_secret_hash, row.former_until = "", None
        events.record("client.former_secret_ended", None, row, by=by)


def delete(row: Client, *, by: Actor) -> None:
    """With everything that was given to it."""
    events.record("client.deleted", None, row, by=by)
    db.session.delete(row)


def find(client_id: str) -> Client | None:
    try:
        return db.session.get(Client, uuid.UUID(client_id))
    except ValueError:
        return None


def listed() -> Sequence[Client]:
    return db.session.scalars(sa.select(Client).order_by(Client.id)).all()


def knows_secret(client: Client, secret: str) -> bool:
    counting = [client.secret_hash]
    if client.former_until is not None and now() < client.former_until:
        counting.append(client.former_secret_hash)
    given = digest(secret)
    return not client.public and any(hmac.compare_digest(given, one) for one in counting)


def _take(row: Client, addresses: Addresses) -> None:
    row.redirect_uris = list(addresses.redirect_uris)
    row.logout_redirect_uris = list(addresses.logout_redirect_uris)
    row.backchannel_logout_uri = addresses.backchannel_logout_uri


def _named(name: str) -> str:
    return name.strip()[:320] or "Application"


def _new_secret() -> str:
    return f"vsc_{new_secret()}"


def _may_be_sent_to(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not uri.isascii() or not uri.isprintable() or " " in uri or parts.fragment or parts.username or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
