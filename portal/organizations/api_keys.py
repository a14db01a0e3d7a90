"""Keys of the application: made, shown once, ended."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import SCOPES, ApiKey
from portal.models.base import now
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.secrets import digest, new_secret

BEGINNING = "vsk_"
PREFIX_LENGTH = 12
TOUCH_EVERY = timedelta(minutes=5)


def issue(name: str, scopes: Sequence[str], *, by: Actor, days: int | None = None) -> tuple[ApiKey, str]:
    """Returns the row and the key itself, which nobody can see again."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise LookupError(f"there is no scope {', '.join(unknown) or '(none given)'}; there are: {', '.join(SCOPES)}")
    secret = f"{BEGINNING}{new_secret()}"
    row = ApiKey(
        name=name.strip()[:320] or "API key",
        prefix=secret[:PREFIX_LENGTH],
        key_hash=digest(secret),
        scopes=sorted(set(scopes)),
        expires_at=now() + timedelta(days=days) if days else None,
    )
    db.session.add(row)
    db.session.flush()
    events.record("api_key.created", None, row, by=by, prefix=row.prefix, scopes=row.scopes)
    return row, secret


def revoke(row: ApiKey, *, by: Actor) -> None:
    if row.revoked_at is None:
        row.revoked_at = now()
        events.record("api_key.revoked", None, row, by=by, prefix=row.prefix)


def find(secret: str) -> ApiKey | None:
    """One indexed look-up."""
    return db.session.scalars(sa.select(ApiKey).where(ApiKey.key_hash == digest(secret))).one_or_none()


def named(text: str) -> ApiKey | None:
    """By id, or by the prefix that people see."""
    try:
        return db.session.get(ApiKey, uuid.UUID(text))
    except ValueError:
        return db.session.scalars(sa.select(ApiKey).where(ApiKey.prefix == text)).one_or_none()


def listed() -> Sequence[ApiKey]:
    """All there were, the newest first."""
    return db.session.scalars(sa.select(ApiKey).order_by(ApiKey.id.desc())).all()


def is_stale(row: ApiKey) -> bool:
    """Whether `touch` is due: not at every request, because a write costs more than the reading it accompanies."""
    return row.last_used_at is None or row.last_used_at < now() - TOUCH_EVERY


def touch(key_id: uuid.UUID, agent: str) -> None:
    values = {"last_used_at": now(), "last_used_agent": agent[:320]}
    db.session.execute(sa.update(ApiKey).where(ApiKey.id == key_id).values(values))


def has_read(key_id: uuid.UUID, position: int) -> bool:
    """Whether this reader of the feed is known to have come so far."""
    known = db.session.scalar(sa.select(ApiKey.feed_position).where(ApiKey.id == key_id))
    return known is not None and known >= position


def note_position(key_id: uuid.UUID, position: int) -> None:
    db.session.execute(sa.update(ApiKey).where(ApiKey.id == key_id).values(feed_position=position))
