"""Clients: programs of the application that people sign in to with OpenID Connect."""

import hmac
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from portal.extensions import db
from portal.models import Client
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.secrets import digest, new_secret

LOCAL = ("localhost", "127.0.0.1", "::1")


def create(name: str, redirect_uris: Sequence[str], *, by: Actor, public: bool = False) -> tuple[Client, str]:
    """Returns the row and the secret, which nobody can see again; a public client has none."""
    wrong = [uri for uri in redirect_uris if not _may_be_sent_to(uri)]
    if wrong or not redirect_uris:
        raise ValueError(
            f"{', '.join(wrong) or 'a redirect URI'}: give https:// addresses without # (http:// on localhost only)"
        )
    secret = "" if public else f"vsc_{new_secret()}"
    row = Client(
        name=name.strip()[:320] or "Application",
        secret_hash=digest(secret) if secret else "",
        redirect_uris=list(redirect_uris),
    )
    db.session.add(row)
    db.session.flush()
    events.record("client.created", None, row, by=by)
    return row, secret


def find(client_id: str) -> Client | None:
    try:
        return db.session.get(Client, uuid.UUID(client_id))
    except ValueError:
        return None


def knows_secret(client: Client, secret: str) -> bool:
    return not client.public and hmac.compare_digest(digest(secret), client.secret_hash)


def _may_be_sent_to(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not uri.isascii() or not uri.isprintable() or " " in uri or parts.fragment or parts.username or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL)
