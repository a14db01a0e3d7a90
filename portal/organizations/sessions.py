"""Opening and ending sessions: browsers that are signed in."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Connection, Membership, Method, Session, Shown, User
from portal.models.base import Json, now
from portal.organizations import backchannel, domains, events
from portal.organizations.actors import Actor
from portal.organizations.secrets import digest, new_secret
from portal.settings import current


def open_locally(user: User, method: Method, *, by: Actor, agent: str = "", address: str = "") -> tuple[Session, str]:
    """A session by password, e-mail link or invitation; returns the row and the secret for the cookie, shown once."""
    return _open(Session(user=user, method=method, agent=agent, address=address), None, by)


def open_through(
    connection: Connection,
    membership: Membership,
    *,
    by: Actor,
    agent: str = "",
    address: str = "",
    ends_at: datetime | None = None,
    subject: str | None = None,
    idp_session: Json | None = None,
) -> tuple[Session, str]:
    """A session through an organization's IdP reaches the person's other organizations only where this one verified
    the e-mail's domain (design.md §3). It ends with the IdP's own (`ends_at`) or after the connection's hours, where that
    is sooner; `subject` and `idp_session` are how the IdP will name it when it ends it."""
    row = Session(user=membership.user, method=Method.SSO, agent=agent, address=address)
    row.subject, row.idp_session = subject, idp_session
    row.organization_id, row.connection_id = connection.organization_id, connection.id
    own_domain = domains.is_verified(connection.organization_id, membership.user.email)
    row.reaches_all = own_domain and membership.user.home_organization_id is None
    connection.last_sign_in_at = now()
    if connection.session_hours:
        ours = now() + timedelta(hours=connection.session_hours)
        ends_at = min(ours, ends_at) if ends_at else ours
    return _open(row, connection.organization_id, by, ends_at)


def _open(
    row: Session, organization_id: uuid.UUID | None, by: Actor, ends_at: datetime | None = None
) -> tuple[Session, str]:
    secret = new_secret()
    row.secret_hash = digest(secret)
    row.expires_at = now() + timedelta(days=current().session_days)
    if ends_at:
        row.expires_at = min(row.expires_at, ends_at)
    db.session.add(row)
    db.session.flush()
    events.record("session.opened", organization_id, row.user, by=by, method=row.method.value, session_id=str(row.id))
    return row, secret


def find(secret: str) -> Session | None:
    """One indexed look-up, with the person."""
    return db.session.scalars(sa.select(Session).where(Session.secret_hash == digest(secret))).one_or_none()


def get(session_id: uuid.UUID) -> Session | None:
    return db.session.get(Session, session_id)


def touch(session_id: uuid.UUID) -> None:
    db.session.execute(sa.update(Session).where(Session.id == session_id).values(last_seen_at=now()))


def of(user: User) -> Sequence[Session]:
    """The person's living sessions, the latest seen first."""
    living = sa.select(Session).where(
        Session.user_id == user.id, Session.revoked_at.is_(None), Session.expires_at > now()
    )
    return db.session.scalars(living.order_by(Session.last_seen_at.desc())).all()


def prove(row: Session, shown: Shown | None = None) -> None:
    """The person showed that it is still them; a second factor shown now counts for the rest of the session."""
    row.proved_at = now()
    if shown:
        row.second_factor = shown.factor


def revoke(row: Session, *, by: Actor) -> None:
    """Ends what was given to clients in it, too."""
    if row.revoked_at is None:
        row.revoked_at = now()
        backchannel.end_session(row.id)
        events.record("session.revoked", row.organization_id, row.user, by=by, session_id=str(row.id))


def revoke_others(kept: Session, *, by: Actor) -> int:
    others = [row for row in of(kept.user) if row.id != kept.id]
    for row in others:
        revoke(row, by=by)
    return len(others)


def revoke_all(user: User, organization_id: uuid.UUID) -> int:
    """End the sessions that this organization opened for the person; all of them when the person exists for it only.
    Set-based, because an IdP waits for it. Sessions opened otherwise lose the organization with the membership."""
    theirs = sa.update(Session).where(Session.user_id == user.id, Session.revoked_at.is_(None))
    if user.home_organization_id != organization_id:
        theirs = theirs.where(Session.organization_id == organization_id)
    return db.session.execute(theirs.values(revoked_at=now())).rowcount  # type: ignore[attr-defined]


def ended_of(user: User) -> sa.ScalarSelect[uuid.UUID]:
    """The person's ended sessions, as a part of a statement."""
    return sa.select(Session.id).where(Session.user_id == user.id, Session.revoked_at.is_not(None)).scalar_subquery()
