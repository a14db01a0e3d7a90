"""Signing in without the IdP: who may, where an organization requires single sign-on (design.md §3)."""

from portal.models import Session, User
from portal.organizations import connections, domains, events, members, organizations
from portal.organizations.actors import Actor
from portal.organizations.refusals import SsoRequired


def require_allowed(user: User) -> None:
    """`SsoRequired` where the organization that owns the address requires its IdP. An owner still comes in: nobody can lock
    their company out."""
    organization = domains.owner_of(user.email)
    if organization is None or not organizations.requires_sso(organization) or not connections.live_of(organization):
        return
    membership = members.find(organization, user)
    if membership is None or not (membership.active and membership.is_owner):
        raise SsoRequired


def note_break_glass(row: Session, *, by: Actor) -> None:
    """An owner came in beside the IdP that everybody else must use: the organization reads it in its activity."""
    organization = domains.owner_of(row.user.email)
    if organization and organizations.requires_sso(organization):
        events.record("session.break_glass", organization, row.user, by=by, method=row.method.value)
