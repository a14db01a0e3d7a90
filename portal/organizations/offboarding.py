"""Ending a person's access to an organization: total at commit, and coming back revives none of it (design.md §8.7)."""

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Grant, Invitation, MailLink, Membership, SetupLink
from portal.models.base import now
from portal.organizations import sessions


def end_access(membership: Membership) -> int:
    """Kill sessions, sign-ins given to clients, invitations, setup links and mail links of this person in this organization;
    returns how many sessions ended."""
    at, organization_id = now(), membership.organization_id
    ended = sessions.revoke_all(membership.user, organization_id)
    db.session.execute(
        sa.update(Grant)
        .where(Grant.user_id == membership.user_id, Grant.organization == organization_id, Grant.revoked_at.is_(None))
        .values(revoked_at=at)
    )
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
    return ended
