"""Setup links: a page that says what the link is for and changes nothing, and one button that starts (wizards.md §2.5)."""

import uuid
from contextlib import suppress

from flask import Response as Page
from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.models import SetupLink
from portal.organizations import it_contacts, setup_links, users
from portal.organizations.refusals import LinkUsedUp, Refused
from portal.setup import bp, visitor
from portal.web.access import access

OPENS = {
    "sso": "Connect single sign-on, so that your people sign in with your identity provider",
    "scim": "Connect provisioning, so that your people arrive and leave by themselves",
    "domain": "Verify your e-mail domain by a record in your DNS",
    "renew": "Renew certificates and tokens before they end; nothing stops working meanwhile",
    "seat": "Name a member who takes the vacant owner’s seat",
}


@bp.get("/link/<uuid:link_id>.<secret>")
@access("public")
def open_link(link_id: uuid.UUID, secret: str) -> Page:
    """Mail scanners and previews look as well: looking uses nothing up."""
    link = setup_links.find(link_id, secret)
    shown = render_template(
        "setup/link.html", title=f"Set up {link.organization.name}", link=link, secret=secret, by=_inviter(link),
        opens=[words for scope, words in OPENS.items() if scope in link.scopes],
    )  # fmt: skip
    return _unlisted(make_response(shown))


@bp.post("/link/<uuid:link_id>.<secret>")
@access("public")
def start(link_id: uuid.UUID, secret: str) -> Response:
    link = setup_links.find(link_id, secret)
    _take_contact(link)
    setup_links.open_with(link)
    address = _first_page(link)
    db.session.commit()
    response = redirect(address, 303)
    visitor.remember(response, link)
    return response


def _take_contact(link: SetupLink) -> None:
    """Whoever works on it may ask to hear of what ends; what cannot be used keeps nobody from starting."""
    email = request.form.get("contact", "").strip()[:320]
    if email:
        with suppress(Refused):
            it_contacts.capture(link.organization, email, by=setup_links.actor_of(link))


@bp.get("/link/ended")
@access("public")
def show_ended() -> Page:
    return _ended()


@bp.errorhandler(LinkUsedUp)
def refuse_link(_: LinkUsedUp) -> Page:
    db.session.rollback()
    return _ended()


def _ended() -> Page:
    return _unlisted(make_response(render_template("setup/link_ended.html", title="This link has ended"), 410))


def _unlisted(response: Page) -> Page:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _first_page(link: SetupLink) -> str:
    slug = link.organization.slug
    if flow := next((scope for scope in ("sso", "scim") if scope in link.scopes), None):
        return url_for("setup.resume", slug=slug, flow=flow)
    pages = {"renew": "setup.show_renewal", "seat": "setup.show_seat", "domain": "setup.list_domains"}
    return url_for(next(page for scope, page in pages.items() if scope in link.scopes), slug=slug)


def _inviter(link: SetupLink) -> str:
    """Who made it, as far as they are a person here."""
    try:
        person = users.get(uuid.UUID(link.created_by))
    except ValueError:
        return ""
    return person.label if person else ""
