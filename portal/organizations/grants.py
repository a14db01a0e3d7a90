"""Sign-ins given to clients: begun with a code, carried on by refresh tokens, ended with the session or the membership.

Whether a grant counts is looked up each time it is used, so that whoever lost access has lost it here too.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import Client, Grant, Membership, Organization, RefreshToken, Session, Status
from portal.models.base import now
from portal.organizations import events, reach, sessions
from portal.organizations.actors import Actor, Door
from portal.organizations.secrets import digest, new_secret
from portal.settings import current

CODE_LIVES = timedelta(minutes=1)


@dataclass(frozen=True)
class Wish:
    """What a client asks for."""

    client: Client
    scope: str
    redirect_uri: str
    challenge: str
    nonce: str = ""


def begin(wish: Wish, session: Session, organization: Organization | None) -> tuple[Grant, str]:
    """Returns the grant and the code, which is used once, within a minute."""
    code = new_secret()
    grant = Grant(
        client=wish.client, user=session.user, session=session, organization=organization.id if organization else None,
        scope=wish.scope, redirect_uri=wish.redirect_uri, nonce=wish.nonce, challenge=wish.challenge,
        code_hash=digest(code), code_expires_at=now() + CODE_LIVES,
    )  # fmt: skip
    db.session.add(grant)
    db.session.flush()
    by = Actor(Door.AUTH, str(session.user_id), session.user.label)
    events.record("client.signed_in", grant.organization, wish.client, by=by, user_id=str(session.user_id))
    return grant, code


def by_code(client: Client, code: str) -> Grant | None:
    """A code that still counts. One used a second time ends what it began."""
    grant = _held(sa.select(Grant).where(Grant.code_hash == digest(code), Grant.client_id == client.id))
    if grant is None:
        return None
    if grant.code_used_at is not None:
        revoke(grant)
    return grant if grant.code_expires_at > now() and is_alive(grant) else None


def use_code(grant: Grant) -> None:
    grant.code_used_at = now()


def issue_refresh(grant: Grant) -> str:
    secret = f"vsr_{new_secret()}"
    db.session.add(RefreshToken(grant_id=grant.id, token_hash=digest(secret)))
    return secret


def by_refresh(client: Client, secret: str) -> RefreshToken | None:
    """A token that still counts; one used a second time ends the grant, unless that follows within seconds: an application asks
    in several requests at once, or did not hear the answer."""
    held = sa.select(RefreshToken).where(RefreshToken.token_hash == digest(secret))
    token = db.session.scalars(
        held.with_for_update(of=RefreshToken).execution_options(populate_existing=True)
    ).one_or_none()
    if token is None or token.grant.client_id != client.id:
        return None
    if token.used_at is not None and now() - token.used_at >= timedelta(seconds=current().refresh_grace_seconds):
        revoke(token.grant)
    return token if is_alive(token.grant) else None


def peek(secret: str) -> RefreshToken | None:
    """A refresh token as it lies there: nothing is used up by looking."""
    found = sa.select(RefreshToken).where(RefreshToken.token_hash == digest(secret))
    return db.session.scalars(found).one_or_none()


def use_refresh(token: RefreshToken) -> None:
    """Somebody is there: the session they came in with stays awake."""
    token.used_at = token.used_at or now()
    sessions.touch(token.grant.session_id)


def revoke(grant: Grant) -> None:
    grant.revoked_at = grant.revoked_at or now()


def get(grant_id: uuid.UUID) -> Grant | None:
    return db.session.get(Grant, grant_id)


def is_alive(grant: Grant) -> bool:
    if grant.revoked_at is not None or not grant.session.alive(now(), current().session_idle_hours):
        return False
    return grant.organization is None or membership_of(grant.session, grant.organization) is not None


def membership_of(session: Session, organization_id: uuid.UUID) -> Membership | None:
    """The person's active membership there, if this session reaches so far."""
    found = member_at(session, organization_id)
    return found if found and reach.reaches(session, found) else None


def member_at(session: Session, organization_id: uuid.UUID) -> Membership | None:
    """The person's active membership there, whether or not this session reaches it."""
    ours = _active(session).where(Membership.organization_id == organization_id)
    return db.session.scalars(ours).one_or_none()


def memberships_of(session: Session) -> list[Membership]:
    """All that this session reaches."""
    return [one for one in every_membership(session) if reach.reaches(session, one)]


def every_membership(session: Session) -> Sequence[Membership]:
    """All active ones of the person, with their organizations."""
    return db.session.scalars(_active(session).order_by(Membership.id)).all()


def _active(session: Session) -> "sa.Select[Membership]":
    own = sa.select(Membership).where(Membership.user_id == session.user_id, Membership.status == Status.ACTIVE)
    return own.options(joinedload(Membership.organization))


def _held(query: "sa.Select[Grant]") -> Grant | None:
    held = query.with_for_update(of=Grant).execution_options(populate_existing=True)
    return db.session.scalars(held).one_or_none()
