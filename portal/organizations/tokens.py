"""Bearer tokens of a directory: made, shown once, rotated with an overlap, ended."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import Directory, Organization, ScimToken, TokenKind
from portal.models.base import now
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.secrets import digest, new_secret

PREFIX_LENGTH = 12
OVERLAP = timedelta(days=7)


def issue(directory: Directory, *, by: Actor, name: str = "", days: int | None = None) -> tuple[ScimToken, str]:
    """Returns the row and the token itself, which nobody can see again. `days` of None or 0: no expiry, as Entra needs."""
    secret = f"scim_{new_secret()}"
    token = ScimToken(
        organization_id=directory.organization_id,
        directory_id=directory.id,
        name=name[:320] or directory.idp,
        prefix=secret[:PREFIX_LENGTH],
        token_hash=digest(secret),
        expires_at=now() + timedelta(days=days) if days else None,
    )
    db.session.add(token)
    db.session.flush()
    events.record("directory.token_issued", directory.organization_id, directory, by=by, prefix=token.prefix)
    return token, secret


def rotate(directory: Directory, *, by: Actor, name: str = "", days: int | None = None) -> tuple[ScimToken, str]:
    """A new token beside the old ones, which go on for seven days so that nothing breaks meanwhile (wizards.md R7)."""
    for token in usable(directory):
        if token.kind is TokenKind.BEARER:
            token.expires_at = min(token.expires_at or now() + OVERLAP, now() + OVERLAP)
    return issue(directory, by=by, name=name, days=days)


def revoke(token: ScimToken, directory: Directory, *, by: Actor) -> None:
    """A client takes the access tokens it fetched with it."""
    if token.revoked_at is None:
        token.revoked_at = now()
        fetched = ScimToken.organization_id == token.organization_id, ScimToken.parent_id == token.id
        if token.kind is TokenKind.CLIENT:
            db.session.execute(sa.update(ScimToken).where(*fetched).values(revoked_at=token.revoked_at))
        events.record("directory.token_revoked", directory.organization_id, directory, by=by, prefix=token.prefix)


def find(secret: str) -> ScimToken | None:
    """One indexed look-up, whichever directory it belongs to, so that a misplaced token can be explained; it brings the
    directory, its organization and the role newcomers get."""
    return db.session.scalars(_by_hash(), {"token_hash": digest(secret)}).one_or_none()


@cache
def _by_hash() -> "sa.Select[Any]":
    """Built once: every request of an IdP begins with it."""
    whole = joinedload(ScimToken.directory, innerjoin=True).joinedload(Directory.organization, innerjoin=True)
    found = sa.select(ScimToken).options(whole.joinedload(Organization.default_role, innerjoin=True))
    return found.where(ScimToken.token_hash == sa.bindparam("token_hash"))


def get(directory: Directory, token_id: uuid.UUID) -> ScimToken | None:
    return next((token for token in listed(directory) if token.id == token_id), None)


def listed(directory: Directory) -> Sequence[ScimToken]:
    """All that were made here, the newest first; not the access tokens that clients fetch."""
    return db.session.scalars(
        sa.select(ScimToken)
        .where(
            ScimToken.organization_id == directory.organization_id,
            ScimToken.directory_id == directory.id,
            ScimToken.kind != TokenKind.ACCESS,
        )
        .order_by(ScimToken.id.desc())
    ).all()


def usable(directory: Directory) -> list[ScimToken]:
    return [token for token in listed(directory) if token.usable(now())]
