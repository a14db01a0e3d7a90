"""How far a session reaches: which organizations it opens, and what stands in the way of the others (design.md §3)."""

import enum

from portal.models import Membership, Session
from portal.organizations import breakglass, connections


class Hindrance(enum.StrEnum):
    """`FOREIGN`: another organization's IdP opened the session and does not speak for us."""

    FOREIGN = "foreign"
    SSO = "sso"
    SECOND_FACTOR = "second_factor"


def hindrance(session: Session, membership: Membership) -> Hindrance | None:
    """Judged at each request, so that a policy counts for sessions that were there before it."""
    organization = membership.organization
    if session.organization_id == organization.id:
        return None
    if not session.reaches(organization.id):
        return Hindrance.FOREIGN
    if connections.enforced(organization) and not breakglass.opens(session, organization):
        return Hindrance.SSO
    if organization.second_factor_required and session.local and session.second_factor is None:
        return Hindrance.SECOND_FACTOR
    return None


def reaches(session: Session, membership: Membership) -> bool:
    return hindrance(session, membership) is None
