"""Ending a person's access to an organization: total at commit, and coming back revives none of it (design.md §8.7)."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Invitation, MailLink, Membership, SetupLink
from portal.models.base import now
from portal.organizations import backchannel, organization_keys, sessions


@dataclass(frozen=True)
class Ended:
    """How much there was to end."""

    sessions: int
    sign_ins: int
    keys: int


def end_access(membership: Membership, receipt_id: uuid.UUID) -> Ended:
    """Kill sessions, sign-ins given to clients, keys, invitations, setup links and mail links of this person in this
    organization; `receipt_id` is what the sign-ins are marked with."""
    ended = sessions.revoke_all(membership.user, membership.organization_id)
    dead = sessions.ended_of(membership.user)
    sign_ins = backchannel.end_access(membership.user_id, membership.organization_id, dead, receipt_id)
    keys = organization_keys.revoke_all(membership)
    _take_links_back(membership)
    return Ended(ended, sign_ins, keys)


def _take_links_back(membership: Membership) -> None:
    at, organization_id = now(), membership.organization_id
    db.session.execute(
        sa.update(Invitation)
        .where(
            Invitation.organization_id == organization_id,
            Invitation.email_key == membership.user.email_key,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    db.session.execute(
        sa.update(SetupLink)
        .where(
            SetupLink.organization_id == organization_id,
            SetupLink.created_by == str(membership.user_id),
            SetupLink.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    db.session.execute(
        sa.update(MailLink).where(MailLink.user_id == membership.user_id, MailLink.used_at.is_(None)).values(used_at=at)
    )
