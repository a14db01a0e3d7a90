"""Setup links: a page that says what the link is for and changes nothing, and one button that starts (wizards.md §2.5)."""

import uuid
from contextlib import suppress

from flask import Response as Page
from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.models import SetupLink
from portal.organizations import handing_over, it_contacts, link_codes, setup_links, users
from portal.organizations.refusals import CodeTooSoon, LinkUsedUp, Refused, WrongCode
from portal.setup import bp, visitor
from portal.web.access import access
from portal.words import _, _l

OPENS = {
    "sso": _l("Connect single sign-on, so that your people sign in with your identity provider"),
    "scim": _l("Connect provisioning, so that your people arrive and leave by themselves"),
    "domain": _l("Verify your e-mail domain by a record in your DNS"),
    "renew": _l("Renew certificates and tokens before they end; nothing stops working meanwhile"),
    "seat": _l("Name a member who takes the vacant owner’s seat"),
}


@bp.get("/link/<uuid:link_id>.<secret>")
@access("public")
def open_link(link_id: uuid.UUID, secret: str) -> Page:
    """Mail scanners and previews look as well: looking uses nothing up."""
    link = setup_links.find(link_id, secret)
    shown = render_template(
        "setup/link.html", title=_("Set up %(organization)s", organization=link.organization.name),
        link=link, secret=secret, by=_inviter(link), opens=[words for scope, words in OPENS.items() if scope in link.scopes],
    )  # fmt: skip
    return _unlisted(make_response(shown))


@bp.post("/link/<uuid:link_id>.<secret>")
@access("public")
def start(link_id: uuid.UUID, secret: str) -> Response:
    link = setup_links.find(link_id, secret)
    _take_contact(link)
    if not link.email:
        return _enter(link)
    with suppress(CodeTooSoon):  # pressed twice: the code is on its way
        link_codes.send(link)
    db.session.commit()
    return redirect(url_for("setup.ask_code", link_id=link_id, secret=secret), 303)


@bp.get("/link/<uuid:link_id>.<secret>/code")
@access("public")
def ask_code(link_id: uuid.UUID, secret: str) -> Page:
    return _code_page(setup_links.find(link_id, secret), secret)


@bp.post("/link/<uuid:link_id>.<secret>/code")
@access("public")
def check_code(link_id: uuid.UUID, secret: str) -> Response:
    link = setup_links.find(link_id, secret)
    right = link_codes.check(link, request.form.get("code", "")[:40])
    db.session.commit()  # a wrong try is counted too
    return _enter(link) if right else _code_page(link, secret, WrongCode())


@bp.post("/link/<uuid:link_id>.<secret>/code/again")
@access("public")
def send_code_again(link_id: uuid.UUID, secret: str) -> Response:
    link = setup_links.find(link_id, secret)
    try:
        link_codes.send(link)
    except CodeTooSoon as refusal:
        db.session.rollback()
        return _code_page(link, secret, refusal)
    db.session.commit()
    flash(_("Another code is on its way. Only the newest one works."))
    return redirect(url_for("setup.ask_code", link_id=link_id, secret=secret), 303)


@bp.post("/link/<uuid:link_id>.<secret>/more-time")
@access("public")
def ask_for_time(link_id: uuid.UUID, secret: str) -> Page:
    link = setup_links.ended(link_id, secret)
    if link is None:
        raise LinkUsedUp
    handing_over.ask_for_time(link)
    db.session.commit()
    return _ended(told=True)


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
def refuse_link(ended: LinkUsedUp) -> Page:
    db.session.rollback()
    values = request.view_args or {}
    there = setup_links.ended(values["link_id"], values["secret"]) if "secret" in values else None
    return _ended(ask=url_for("setup.ask_for_time", **values) if there else "")


def _enter(link: SetupLink) -> Response:
    setup_links.open_with(link)
    address = link.target or _first_page(link)
    db.session.commit()
    response = redirect(address, 303)
    visitor.remember(response, link)
    return response


def _code_page(link: SetupLink, secret: str, problem: Refused | None = None) -> Page:
    shown = render_template(
        "setup/code.html", title=_("Type the code we sent you"), link=link, secret=secret, problem=str(problem or ""),
        address=_half_hidden(link.email),
    )  # fmt: skip
    return _unlisted(make_response(shown, 422 if problem else 200))


def _half_hidden(email: str) -> str:
    """Enough for its owner; whoever found the link does not learn the address."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain[:1]}…{domain[domain.rfind('.') :]}"


def _ended(ask: str = "", *, told: bool = False) -> Page:
    shown = render_template("setup/link_ended.html", title=_("This link has ended"), ask=ask, told=told)
    return _unlisted(make_response(shown, 410))


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
