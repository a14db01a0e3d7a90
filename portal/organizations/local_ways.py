"""Signing in without the IdP: who may, where an organization requires single sign-on (design.md §3)."""

from portal.models import Method, Session, Shown, User
from portal.organizations import breakglass, connections, domains, factors, sessions
from portal.organizations.actors import Actor
from portal.organizations.refusals import SsoRequired


def require_allowed(user: User) -> None:
    """`SsoRequired` where the organization that owns the address requires its IdP, unless they are one of its break-glass
    owners and can show a second factor."""
    organization = domains.owner_of(user.email)
    if organization is None or not connections.enforced(organization):
        return
    if not (breakglass.keeps(organization, user) and factors.held(user).any):
        raise SsoRequired


def allowed(user: User) -> bool:
    try:
        require_allowed(user)
    except SsoRequired:
        return False
    return True


def open_session(
    user: User, method: Method, shown: Shown | None, *, by: Actor, agent: str = "", address: str = ""
) -> tuple[Session, str]:
    """A session for whoever has shown all that is asked of them; returns the row and the secret for the cookie."""
    require_allowed(user)
    row, secret = sessions.open_locally(user, method, by=by, agent=agent, address=address)
    if shown:
        prove(row, shown, by=by)
    return row, secret


def prove(row: Session, shown: Shown | None, *, by: Actor, rehearses: bool = True) -> None:
    """The person has shown that it is them. The first second factor of a local session may open more: that is noted."""
    opens_more = shown is not None and row.local and row.second_factor is None
    sessions.prove(row, shown)
    if shown and opens_more:
        breakglass.note(row, shown, by=by, rehearses=rehearses)
