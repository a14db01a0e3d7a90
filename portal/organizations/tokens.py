"""Bearer tokens of a directory: made, shown once, rotated with an overlap, ended."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal.extensions import db
from portal.models import (
    Directory,
    DirectoryKind,
    Leavers,
    Mode,
    Organization,
    Outsiders,
    Role,
    ScimToken,
    TokenKind,
    engine,
)
from portal.models.base import now
from portal.models.directory import base_url, lasts, token_url
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.refusals import BadToken
from portal.organizations.secrets import digest, new_secret

PREFIX_LENGTH = 12
OVERLAP = timedelta(days=7)
SHORTEST, LONGEST = 16, 4_000
"""Characters of a token that was made elsewhere."""


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


def bring(directory: Directory, secret: str, *, by: Actor, name: str) -> ScimToken:
    """The token that an IdP sent to another product: it goes on working, and nobody can read it here."""
    if not SHORTEST <= len(secret) <= LONGEST or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise BadToken
    token = ScimToken(
        organization_id=directory.organization_id,
        directory_id=directory.id,
        name=name[:320],
        prefix=secret[:4],
        token_hash=digest(secret),
    )
    if not engine.insert_new(token):
        raise BadToken("Another directory has this token already.")
    events.record("directory.token_brought", directory.organization_id, directory, by=by, prefix=token.prefix)
    return token


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


@dataclass(frozen=True)
class Opened:
    """A token and the directory it opens: one row of what every request of an IdP asks of them. `id` is the directory's."""

    token_id: uuid.UUID
    parent_id: uuid.UUID | None
    kind: TokenKind
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    mode: Mode
    source: DirectoryKind
    sso_allowed: bool
    attributes_version: int
    seats: int | None
    leavers: Leavers
    outsiders: Outsiders
    default_role_id: uuid.UUID
    default_role_key: str
    former_url: str = ""  # of another product, where that is what was asked

    @cached_property
    def base_url(self) -> str:
        return self.former_url or base_url(self.id)

    @property
    def token_url(self) -> str:
        return token_url(self.id)

    def usable(self, at: datetime) -> bool:
        return lasts(self.revoked_at, self.expires_at, at)

    def directory(self) -> Directory:
        """The object that verbs work on, with what they ask of it at every change: it costs no statement."""
        role = engine.known(Role, id=self.default_role_id, key=self.default_role_key)
        organization = engine.known(
            Organization,
            id=self.organization_id, sso_allowed=self.sso_allowed, attributes_version=self.attributes_version,
            seats=self.seats, leavers=self.leavers, outsiders=self.outsiders, default_role_id=self.default_role_id,
        )  # fmt: skip
        found = engine.known(
            Directory, id=self.id, organization_id=self.organization_id, name=self.name, mode=self.mode
        )
        set_committed_value(organization, "default_role", role)
        set_committed_value(found, "organization", organization)
        return found


def find(secret: str) -> Opened | None:
    """One indexed look-up, whichever directory it belongs to, so that a misplaced token can be explained."""
    found = engine.reader().execute(_BY_HASH, {"token_hash": digest(secret)}).one_or_none()
    return Opened(*found) if found else None


def _by_hash() -> "sa.Select[Any]":
    token, directory, organization = ScimToken.__table__.c, Directory.__table__.c, Organization.__table__.c
    role = Role.__table__.c
    columns = (
        token.id, token.parent_id, token.kind, token.expires_at, token.revoked_at, token.last_used_at,
        directory.id, directory.organization_id, directory.name, directory.mode, directory.kind,
        organization.sso_allowed, organization.attributes_version, organization.seats, organization.leavers,
        organization.outsiders, role.id, role.key,
    )  # fmt: skip
    joined = (
        sa.join(
            ScimToken.__table__, Directory.__table__,
            sa.and_(directory.organization_id == token.organization_id, directory.id == token.directory_id),
        )
        .join(Organization.__table__, organization.id == directory.organization_id)
        .join(Role.__table__, role.id == organization.default_role_id)
    )  # fmt: skip
    return sa.select(*columns).select_from(joined).where(token.token_hash == sa.bindparam("token_hash"))


_BY_HASH = _by_hash()
"""Made once: every request of an IdP begins with it."""


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
