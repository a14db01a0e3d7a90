"""Who comes to the application: the person who is signed in, or the way to the sign-in; and for which organization.

`returned` marks a browser that we sent to the sign-in, with the second we did: a session that is younger is fresh.
"""

import time
import uuid
from urllib.parse import urlencode

from authlib.oauth2.rfc6749 import AccessDeniedError
from authlib.oidc.core.errors import LoginRequiredError
from flask import redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from portal.models import Connection, Membership, Organization, Session
from portal.models.base import now
from portal.oidc.provider import SignedIn
from portal.organizations import connection_domains, connections, domains, grants, organizations, reach
from portal.organizations.reach import Hindrance
from portal.web import session, sso, sudo

RETURNED = "returned"


def person(redirect_uri: str) -> SignedIn | Answer:
    wanted = _wanted_organization(redirect_uri)
    if not session.signed_in():
        return _to_sign_in(wanted)
    row = session.current_session()
    if why := _must_ask_again(row):
        return _ask_again(wanted, why, redirect_uri)
    if wanted is None:
        return SignedIn(row, _usual_organization(row))
    member = grants.member_at(row, wanted.id)
    if member and reach.reaches(row, member):
        return SignedIn(row, wanted)
    return _ask_for_more(row, wanted, member, redirect_uri)


def _ask_for_more(row: Session, wanted: Organization, member: Membership | None, redirect_uri: str) -> Answer:
    """The organization's own sign-in, or a second factor; denied where neither would lead in."""
    stranger = None if row.reaches(wanted.id) else Hindrance.FOREIGN
    hindrance = reach.hindrance(row, member) if member else stranger
    if hindrance is Hindrance.SECOND_FACTOR and "none" not in request.args.get("prompt", "").split():
        return sudo.ask_for_second_factor()
    if hindrance is None or not connections.live_of(wanted):
        raise AccessDeniedError("The person is no active member of this organization.", redirect_uri=redirect_uri)
    return _ask_again(wanted, "login", redirect_uri)


def came_back() -> int | None:
    """When we sent this browser to the sign-in, if we did."""
    said = request.args.get(RETURNED, "")
    return int(said) if said.isdecimal() and len(said) < 12 else None


def _must_ask_again(row: Session) -> str:
    """`login` where the session is older than asked for, `choose` where the person is to say who they are, or empty."""
    asked, sent_at = request.args, came_back()
    prompts, oldest = asked.get("prompt", "").split(), asked.get("max_age", "")
    if sent_at is not None:
        fresh = row.created_at.timestamp() >= sent_at
        return "login" if not fresh and ("login" in prompts or _too_old(row, oldest)) else ""
    if "login" in prompts or _too_old(row, oldest):
        return "login"
    return "choose" if "select_account" in prompts else ""


def _too_old(row: Session, oldest: str) -> bool:
    return oldest.isdecimal() and (now() - row.created_at).total_seconds() > int(oldest)


def _ask_again(wanted: Organization | None, why: str, redirect_uri: str) -> Answer:
    if "none" in request.args.get("prompt", "").split() or came_back() is not None:
        raise LoginRequiredError("This needs a sign-in of its own.", redirect_uri=redirect_uri)
    return _to_sign_in(wanted, why)


def _usual_organization(row: Session) -> Organization | None:
    """The one whose IdP opened the session, or the only one there is, or the one that owns the domain hinted at."""
    own = grants.memberships_of(row)
    inside = [one for one in own if one.organization_id == row.organization_id] or (own if len(own) == 1 else [])
    hinted = domains.owner_of(_hinted_address()) if request.args.get("domain_hint") else None
    inside = [one for one in own if hinted and one.organization_id == hinted.id] or inside
    return inside[0].organization if inside else None


def _wanted_organization(redirect_uri: str) -> Organization | None:
    """By `organization`, or by one of its connections."""
    name, connection = request.args.get("organization", ""), request.args.get("connection", "")
    if not name and not connection:
        return None
    named = organizations.find(name) if name and name.isprintable() else None
    through = _connection(connection) if connection else None
    found = named if name else through.organization if through else None
    if found is None or (through and through.organization_id != found.id):
        raise AccessDeniedError("There is no such organization.", redirect_uri=redirect_uri)
    return found


def _connection(connection_id: str) -> Connection | None:
    try:
        return connections.get(uuid.UUID(connection_id))
    except ValueError:
        return None


def _to_sign_in(wanted: Organization | None, why: str = "") -> Answer:
    """Straight to the IdP where the request names a way there: `connection`, `organization`, `domain_hint`, `login_hint`."""
    asked = [(name, value) for name, value in request.args.items() if name != RETURNED]
    back = f"{request.path}?{urlencode([*asked, (RETURNED, str(int(time.time())))])}"
    ways = _connections(wanted)
    if len(ways) == 1 and why != "choose":
        anew = "1" if why == "login" else None
        return redirect(sso.address(ways[0], "login", next=back, anew=anew), 303)
    hint = request.args.get("login_hint", "")[:320]
    return redirect(url_for("auth.show_login", next=back, again=why or None, email=hint or None), 303)


def _connections(wanted: Organization | None) -> list[Connection]:
    if wanted:
        live = connections.live_of(wanted)
        named = [one for one in live if str(one.id) == request.args.get("connection")]
        return named or live
    email = request.args.get("login_hint") or _hinted_address()
    return list(connection_domains.for_email(email)) if "@" in email and email.isprintable() else []


def _hinted_address() -> str:
    domain = request.args.get("domain_hint", "")
    return f"x@{domain}" if domain and domain.isprintable() else ""
