"""Keys that customers use with the application's own API: made, shown once, checked for the application, ended."""

import uuid
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import Membership, Organization, OrganizationKey
from portal.models.base import Json, now
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.refusals import UnknownKey
from portal.organizations.secrets import digest, new_secret

BEGINNING = "vok_"
PREFIX_LENGTH = 12
TOUCH_EVERY = timedelta(minutes=5)


def issue(
    organization: Organization, name: str, *, by: Actor, membership: Membership | None = None, days: int | None = None,
    details: Json | None = None,
) -> tuple[OrganizationKey, str]:  # fmt: skip
    """The organization's, or that member's. Returns the row and the key itself, which nobody can see again."""
    secret = f"{BEGINNING}{new_secret()}"
    row = OrganizationKey(
        organization_id=organization.id,
        membership_id=membership.id if membership else None,
        name=name.strip()[:320] or "API key",
        prefix=secret[:PREFIX_LENGTH],
        key_hash=digest(secret),
        details=details or {},
        expires_at=now() + timedelta(days=days) if days else None,
    )
    db.session.add(row)
    db.session.flush()
    events.record("organization_key.created", organization, row, by=by, prefix=row.prefix, **_whose(row))
    return row, secret


def check(secret: str) -> OrganizationKey:
    """The key, if it counts now: one indexed look-up. `UnknownKey` says nothing of why it does not."""
    found = sa.select(OrganizationKey).where(OrganizationKey.key_hash == digest(secret))
    row = db.session.scalars(found.options(joinedload(OrganizationKey.membership))).one_or_none()
    if row is None or not row.usable(now()) or (row.membership and not row.membership.active):
        raise UnknownKey
    if row.last_used_at is None or row.last_used_at < now() - TOUCH_EVERY:
        row.last_used_at = now()
    return row


def listed(organization: Organization) -> "sa.Select[OrganizationKey]":
    return sa.select(OrganizationKey).where(OrganizationKey.organization_id == organization.id)


def get(organization: Organization, key_id: uuid.UUID) -> OrganizationKey | None:
    return db.session.scalars(listed(organization).where(OrganizationKey.id == key_id)).one_or_none()


def revoke(row: OrganizationKey, *, by: Actor) -> None:
    if row.revoked_at is None:
        row.revoked_at = now()
        events.record("organization_key.revoked", row.organization_id, row, by=by, prefix=row.prefix, **_whose(row))


def revoke_all(membership: Membership) -> int:
    """Set-based, because an IdP waits for it."""
    theirs = (
        OrganizationKey.organization_id == membership.organization_id,
        OrganizationKey.membership_id == membership.id,
        OrganizationKey.revoked_at.is_(None),
    )
    ended = sa.update(OrganizationKey).where(*theirs).values(revoked_at=now())
    return db.session.execute(ended).rowcount  # type: ignore[attr-defined]


def _whose(row: OrganizationKey) -> dict[str, object]:
    return {"membership_id": str(row.membership_id)} if row.membership_id else {}
