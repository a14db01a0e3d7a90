"""Invitations: bound to organization, e-mail and role, used once."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Invitation, Membership, Organization, Role, Source, Status, User
from portal.models.base import key, now
from portal.organizations import events, mail, members, roles, users
from portal.organizations.actors import Actor
from portal.organizations.refusals import AlreadyInvited, AlreadyMember, LinkUsedUp
from portal.organizations.secrets import digest, new_secret
from portal.settings import current
from portal.words import _, ngettext


def invite(organization: Organization, email: str, role: Role, *, by: Actor) -> tuple[Invitation, str]:
    """Mails the link; returns the row and the link, for whoever must hand it over by other means."""
    email = users.checked(email)
    roles.require_givable(role, organization, by=by)
    if _is_member(organization, email):
        raise AlreadyMember
    _close_expired(organization, email)
    secret = new_secret()
    invitation = Invitation(
        organization_id=organization.id,
        email=email,
        role=role,
        token_hash=digest(secret),
        invited_by=by.label,
        expires_at=now() + timedelta(days=current().invitation_days),
    )
    try:
        with db.session.begin_nested():
            db.session.add(invitation)
    except IntegrityError as error:
        raise AlreadyInvited from error
    events.record("invitation.sent", organization, invitation, by=by, email=email, role=role.key)
    url = f"{current().public_url}/invitations/{secret}"
    known = users.find(email)
    mail.write(email, known.language if known else "", lambda: _composed(organization, by, url))
    return invitation, url


def find(secret: str) -> Invitation:
    """An invitation that can still be accepted, or `LinkUsedUp`."""
    found = db.session.scalars(sa.select(Invitation).where(Invitation.token_hash == digest(secret))).one_or_none()
    if found is None or not found.usable(now()):
        raise LinkUsedUp
    return found


def accept(invitation: Invitation, user: User, *, by: Actor) -> Membership:
    """Only for whoever owns the address: holding the link proves that, or being signed in with it."""
    if user.email_key != invitation.email_key or not invitation.usable(now()):
        raise LinkUsedUp
    invitation.accepted_at = now()
    user.verify_email(now())
    existing = members.find(invitation.organization, user)
    if existing is None:
        membership = members.add(invitation.organization, user, by=by, role=invitation.role, source=Source.INVITATION)
    else:
        members.restore(existing, by=by)
        members.set_role(existing, invitation.role, by=by)
        membership = existing
    events.record("invitation.accepted", invitation.organization_id, invitation, by=by, email=invitation.email)
    return membership


def revoke(invitation: Invitation, *, by: Actor) -> None:
    if invitation.accepted_at is None and invitation.revoked_at is None:
        invitation.revoked_at = now()
        events.record("invitation.revoked", invitation.organization_id, invitation, by=by, email=invitation.email)


def pending(organization: Organization) -> Sequence[Invitation]:
    open_ones = organization.invitations.select().where(
        Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    )
    return db.session.scalars(open_ones.order_by(Invitation.id.desc())).all()


def get(organization: Organization, invitation_id: uuid.UUID) -> Invitation | None:
    return db.session.scalars(organization.invitations.select().where(Invitation.id == invitation_id)).one_or_none()


def _is_member(organization: Organization, email: str) -> bool:
    found = (
        sa.select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organization_id == organization.id,
            User.email_key == key(email),
            Membership.status == Status.ACTIVE,
        )
    )
    return db.session.scalars(found.limit(1)).first() is not None


def _close_expired(organization: Organization, email: str) -> None:
    """An expired invitation must not stand in the way of a new one."""
    db.session.execute(
        sa.update(Invitation)
        .where(
            Invitation.organization_id == organization.id,
            Invitation.email_key == key(email),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at <= now(),
        )
        .values(revoked_at=now())
    )


def _composed(organization: Organization, by: Actor, url: str) -> tuple[str, str]:
    who, name, days = by.label or _("Somebody"), organization.name, current().invitation_days
    return _("%(who)s invites you to %(organization)s", who=who, organization=name), ngettext(
        "%(who)s invites you to join %(organization)s on %(app)s.\n\n"
        "Open this link to accept. It works once, for %(num)s day:\n\n%(url)s\n\n"
        "If you did not expect this, you can ignore it: nothing happens unless you open the link.",
        "%(who)s invites you to join %(organization)s on %(app)s.\n\n"
        "Open this link to accept. It works once, for %(num)s days:\n\n%(url)s\n\n"
        "If you did not expect this, you can ignore it: nothing happens unless you open the link.",
        days, who=who, organization=name, app=current().app_name, url=url,
    )  # fmt: skip
