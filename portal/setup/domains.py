"""E-mail domains within a set-up: claimed, and verified by a TXT record, also by a holder of a link that says so."""

import uuid

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.organizations import domains
from portal.organizations.refusals import Refused
from portal.setup import bp, showing, visitor
from portal.web.access import access
from portal.web.htmx import render
from portal.words import _

SCOPE = {"scope": "domain"}


@bp.get("/<slug>/domains", defaults=SCOPE)
@access("setup")
def list_domains() -> Response:
    return _page()


@bp.post("/<slug>/domains", defaults=SCOPE)
@access("setup")
def claim_domain() -> Response:
    try:
        domains.claim(visitor.organization(), request.form.get("name", ""), by=visitor.here().actor)
    except Refused as refusal:
        db.session.rollback()
        return _page(str(refusal))
    db.session.commit()
    return _again()


@bp.post("/<slug>/domains/<uuid:domain_id>/verification", defaults=SCOPE)
@access("setup")
def verify_domain(domain_id: uuid.UUID) -> Response:
    domain = domains.get(visitor.organization(), domain_id) or abort(404)
    try:
        domains.verify(domain, by=visitor.here().actor)
    except Refused as refusal:
        db.session.commit()  # when we last looked is kept
        return _page(str(refusal))
    db.session.commit()
    flash(_("%(domain)s is verified.", domain=domain.name))
    return _again()


def _again() -> Response:
    return redirect(url_for("setup.list_domains", slug=visitor.organization().slug), 303)


def _page(problem: str = "") -> Response:
    organization = visitor.organization()
    return render(
        "setup/domains.html", "setup/_domains.html", title=_("Verify your e-mail domain"), status=422 if problem else 200,
        organization=organization, domains=domains.listed(organization), problem=problem, home=showing.home(),
        typed=request.form.get("name", ""), may_sso="sso" in visitor.here().scopes,
    )  # fmt: skip
