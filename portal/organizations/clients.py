"""OAuth 2.0 clients of a directory (RFC 6749 §4.4): made, their secret shown once, and the access tokens they fetch.

A client is a row beside the bearer tokens, and so is each access token, which points at its client: whatever an IdP presents
is found by one look-up.
"""

import hmac
import uuid
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Directory, ScimToken, TokenKind
from portal.models.base import now
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.secrets import digest, new_secret
from portal.organizations.tokens import PREFIX_LENGTH
from portal.settings import current

KEPT = timedelta(days=1)
"""How long an access token that has ended is remembered, so that its late use can be explained."""


def create(directory: Directory, *, by: Actor, name: str = "") -> tuple[ScimToken, str]:
    """Returns the row, whose id is the client_id, and the client_secret, which nobody can see again."""
    secret = f"scim_{new_secret()}"
    client = ScimToken(
        organization_id=directory.organization_id,
        directory_id=directory.id,
        kind=TokenKind.CLIENT,
        name=name[:320] or directory.idp,
        prefix=secret[:PREFIX_LENGTH],
        token_hash=digest(secret),
    )
    db.session.add(client)
    db.session.flush()
    events.record("directory.client_created", directory.organization_id, directory, by=by, prefix=client.prefix)
    return client, secret


def find(directory_id: uuid.UUID, client_id: str, secret: str) -> ScimToken | None:
    """The directory's client of this id, if the secret is its own and it has not ended."""
    try:
        wanted = uuid.UUID(client_id)
    except ValueError:
        return None
    ours = ScimToken.directory_id == directory_id, ScimToken.id == wanted, ScimToken.kind == TokenKind.CLIENT
    client = db.session.scalars(sa.select(ScimToken).where(*ours)).one_or_none()
    if client is None or not hmac.compare_digest(client.token_hash, digest(secret)):
        return None
    return client if client.usable(now()) else None


def issue_access(client: ScimToken, agent: str) -> tuple[ScimToken, str]:
    """A short-lived token. It begins as its client's secret does, so that lists and records show whose it is; the recorded
    request is its trace."""
    at = now()
    client.last_used_at, client.last_used_agent = at, agent[:320]
    secret = f"{client.prefix}{new_secret()}"
    token = ScimToken(
        organization_id=client.organization_id,
        directory_id=client.directory_id,
        parent_id=client.id,
        kind=TokenKind.ACCESS,
        name=client.name,
        prefix=client.prefix,
        token_hash=digest(secret),
        expires_at=at + timedelta(minutes=current().scim_access_token_minutes),
    )
    _forget_ended(client)
    db.session.add(token)
    db.session.flush()
    return token, secret


def _forget_ended(client: ScimToken) -> None:
    theirs = ScimToken.organization_id == client.organization_id, ScimToken.parent_id == client.id
    db.session.execute(sa.delete(ScimToken).where(*theirs, ScimToken.expires_at < now() - KEPT))
