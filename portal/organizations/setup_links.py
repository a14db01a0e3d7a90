"""Setup links: a scoped, resumable, revocable way in for an IT admin without an account (wizards.md §2.5)."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from portal.extensions import db
from portal.models import Organization, SetupLink
from portal.models.base import new_id, now
from portal.organizations import events, users
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import LinkUsedUp
from portal.organizations.secrets import digest, new_secret
from portal.settings import current
from portal.words import noted

A_GUEST = noted("Somebody with a setup link")
SCOPES = ("sso", "scim", "domain", "renew", "seat")
LONGEST = timedelta(days=30)


def create(
    organization: Organization,
    *,
    by: Actor,
    scopes: Sequence[str] = ("sso", "scim"),
    days: int | None = None,
    may_go_live: bool = False,
    note: str = "",
    email: str = "",
    target: str = "",
) -> tuple[SetupLink, str]:
    """Returns the row and the address, which is shown once: only a hash of its secret is kept."""
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise ValueError(f"scopes are {', '.join(SCOPES)}")
    if days is not None and not 1 <= days <= 30:
        raise ValueError("a setup link lives 1 to 30 days")
    secret = new_secret()
    link = SetupLink(
        id=new_id(),
        organization_id=organization.id,
        secret_hash=digest(secret),
        scopes=list(scopes),
        note=note[:2000],
        email=users.checked(email) if email else "",
        target=target[:320],
        may_go_live=may_go_live,
        created_by=by.id,
        expires_at=now() + timedelta(days=days or current().setup_link_days),
    )
    db.session.add(link)
    db.session.flush()
    events.record("setup_link.created", organization, link, by=by, scopes=list(scopes))
    return link, f"{current().public_url}/setup/link/{link.id}.{secret}"


def find(link_id: uuid.UUID, secret: str) -> SetupLink:
    """A link that still works, or `LinkUsedUp`. Looking changes nothing (wizards.md R2)."""
    link = db.session.get(SetupLink, link_id)
    if link is None or link.secret_hash != digest(secret) or not link.usable(now()):
        raise LinkUsedUp
    return link


def resume(link_id: uuid.UUID) -> SetupLink | None:
    """For a browser that opened the link before: revocation and expiry count at every request."""
    link = db.session.get(SetupLink, link_id)
    return link if link and link.usable(now()) else None


def open_with(link: SetupLink) -> None:
    """Somebody pressed Start."""
    link.opens += 1
    link.last_opened_at = now()
    events.record("setup_link.opened", link.organization_id, link, by=actor_of(link))


def extend(link: SetupLink, days: int, *, by: Actor) -> None:
    """From now on; a link that was taken back stays so."""
    if link.revoked_at is not None:
        raise LinkUsedUp
    link.expires_at = now() + min(timedelta(days=max(days, 1)), LONGEST)
    events.record("setup_link.extended", link.organization_id, link, by=by, days=days)


def ended(link_id: uuid.UUID, secret: str) -> SetupLink | None:
    """A link that ran out by itself, for whoever holds its whole address: they may ask for a new one."""
    link = db.session.get(SetupLink, link_id)
    if link is None or link.secret_hash != digest(secret) or link.revoked_at or link.usable(now()):
        return None
    return link


def revoke(link: SetupLink, *, by: Actor) -> None:
    if link.revoked_at is None:
        link.revoked_at = now()
        events.record("setup_link.revoked", link.organization_id, link, by=by)


def listed(organization: Organization) -> Sequence[SetupLink]:
    return db.session.scalars(organization.setup_links.select().order_by(SetupLink.id.desc())).all()


def get(organization: Organization, link_id: uuid.UUID) -> SetupLink | None:
    return db.session.scalars(organization.setup_links.select().where(SetupLink.id == link_id)).one_or_none()


def actor_of(link: SetupLink) -> Actor:
    return Actor(Door.SETUP, str(link.id), link.email or A_GUEST)
