"""Who is at the set-up: a person with `manage_sso` in the organization, or a browser that opened a setup link."""

import uuid
from dataclasses import dataclass

from flask import abort, current_app, g, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from portal.models import Membership, Organization, Permission, SetupLink, SetupRun
from portal.organizations import reach, setup_links, setup_runs
from portal.organizations.actors import Actor, Door
from portal.settings import current
from portal.setup import bp
from portal.web import session, sudo, tenant
from portal.web.access import GUARDS, guard

HOURS = 8


@dataclass(frozen=True)
class Visitor:
    """`scopes` are what they may do, as setup links name it; only a link may be kept from switching things on."""

    actor: Actor
    scopes: tuple[str, ...]
    may_go_live: bool = True
    link: SetupLink | None = None


def here() -> Visitor:
    found: Visitor = g.visitor
    return found


def require_proof() -> None:
    """Somebody with an account shows again who they are; whoever holds a link has nothing but the link."""
    if here().link is None:
        sudo.require()


def run() -> SetupRun:
    found: SetupRun = g.setup_run
    return found


@bp.url_value_preprocessor
def take_place(_: str | None, values: dict[str, object] | None) -> None:
    """Which organization the address is about, by a run or a slug; views are left with what is theirs."""
    values = values if values is not None else {}
    g.setup_named = "run_id" in values or "slug" in values
    run_id, g.setup_slug = values.pop("run_id", None), values.pop("slug", None)
    g.setup_scope = values.pop("scope", None) or values.get("flow")
    if isinstance(run_id, uuid.UUID) and (found := setup_runs.get(run_id)):
        g.setup_run, g.setup_slug = found, found.organization.slug


@guard("setup")
def let_in() -> Response | None:
    """Where the address names no organization (a test sign-in), it is that of the link this browser opened."""
    slug, scope = g.get("setup_slug"), g.get("setup_scope")
    visitor = _person(slug) or _holder(slug, scope)
    if visitor is None:
        return _led_on(slug) or _turn_away()
    g.visitor = visitor
    return None


def _person(slug: str | None) -> Visitor | None:
    membership = tenant.find_membership(slug) if slug and session.signed_in() else None
    if membership is None or not membership.may(Permission.MANAGE_SSO):
        return None
    return _enter(membership)


def _enter(membership: Membership) -> Visitor:
    g.membership, g.organization = membership, membership.organization
    return Visitor(tenant.actor(Door.SETUP), ("sso", "scim", "domain"))


def _holder(slug: str | None, scope: str | None) -> Visitor | None:
    """Revocation and expiry count at every request; the scope is part of what a link opens."""
    link = opened()
    named = g.get("setup_named", False)
    if link is None or (named and link.organization.slug != slug) or (scope and scope not in link.scopes):
        return None
    g.organization = link.organization
    return Visitor(setup_links.actor_of(link), tuple(link.scopes), link.may_go_live, link)


def _led_on(slug: str | None) -> Response | None:
    """Where the organization asks a member for more than their session has shown."""
    membership = tenant.membership_at(slug) if slug and session.signed_in() else None
    return sudo.over(reach.hindrance(session.current_session(), membership), slug or "") if membership else None


def _turn_away() -> Response | None:
    """What is not yours does not exist; a link that ended says so; a stranger is asked to sign in."""
    if cookie_name() in request.cookies and opened() is None:
        return redirect(url_for("setup.show_ended"), 303)
    if session.signed_in() or cookie_name() in request.cookies:
        abort(404)
    answer: Response | None = GUARDS["signed-in"]()
    return answer


def opened() -> SetupLink | None:
    """The link this browser pressed Start on, and gave the code of where one is asked for, if it still works."""
    try:
        link_id = _signer().loads(request.cookies.get(cookie_name(), ""), max_age=HOURS * 3600)
        return setup_links.resume(uuid.UUID(link_id))
    except (BadSignature, ValueError):
        return None


def remember(response: Response, link: SetupLink) -> None:
    response.set_cookie(
        cookie_name(), _signer().dumps(str(link.id)), max_age=HOURS * 3600,
        secure=current().secure, httponly=True, samesite="Lax",
    )  # fmt: skip


def cookie_name() -> str:
    return "__Host-vestibule-setup" if current().secure else "vestibule-setup"


def organization() -> Organization:
    return tenant.organization()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="setup-link")
