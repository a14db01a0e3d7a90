"""A look at the provisioning log that an admin gives to support: for a while, revocable, every look on record."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import Organization, SupportGrant
from portal.models.base import new_id, now
from portal.organizations import events
from portal.organizations.actors import Actor

LONGEST = 30


def give(organization: Organization, *, by: Actor, days: int, note: str = "") -> SupportGrant:
    if not 1 <= days <= LONGEST:
        raise ValueError(f"support may look for 1 to {LONGEST} days")
    grant = SupportGrant(
        id=new_id(), organization_id=organization.id, note=note[:2000], created_by=by.label,
        expires_at=now() + timedelta(days=days),
    )  # fmt: skip
    db.session.add(grant)
    db.session.flush()
    events.record("support_grant.given", organization, grant, by=by, days=days)
    return grant


def revoke(grant: SupportGrant, *, by: Actor) -> None:
    if grant.usable(now()):
        grant.revoked_at = now()
        events.record("support_grant.revoked", grant.organization_id, grant, by=by)


def look(grant: SupportGrant, *, by: Actor) -> None:
    """Somebody of support opened it."""
    grant.looks, grant.last_look_at = grant.looks + 1, now()
    events.record("support_grant.used", grant.organization_id, grant, by=by)


def usable(organization: Organization) -> Sequence[SupportGrant]:
    """The newest first."""
    ours = organization.support_grants.select().where(
        SupportGrant.revoked_at.is_(None), SupportGrant.expires_at > now()
    )
    return db.session.scalars(ours.order_by(SupportGrant.id.desc())).all()


def usable_anywhere(limit: int = 25) -> Sequence[SupportGrant]:
    """For the console: what support was asked to look at."""
    whole = joinedload(SupportGrant.organization, innerjoin=True)
    ours = sa.select(SupportGrant).options(whole)
    ours = ours.where(SupportGrant.revoked_at.is_(None), SupportGrant.expires_at > now())
    return db.session.scalars(ours.order_by(SupportGrant.id.desc()).limit(limit)).all()


def get(organization: Organization, grant_id: uuid.UUID) -> SupportGrant | None:
    return db.session.scalars(organization.support_grants.select().where(SupportGrant.id == grant_id)).one_or_none()
