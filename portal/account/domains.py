"""The tab Domains: the e-mail domains the organization owns, and the proof."""

import uuid

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import ActionForm, DomainForm
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.models import Domain
from portal.organizations import connection_domains, connections, domain_checks, domains
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _


@bp.get("/organizations/<slug>/domains")
@access("org:manage_organization")
def list_domains(slug: str) -> Response:
    return _page(DomainForm())


@bp.post("/organizations/<slug>/domains")
@access("org:manage_organization")
def claim_domain(slug: str) -> Response:
    form = DomainForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        domain = domains.claim(organization(), form.name.data, by=actor())
    except Refused as refusal:
        form.name.errors = [str(refusal)]
        return _page(form, 422)
    db.session.commit()
    flash(_("%(domain)s is on the list. Now prove that it is yours.", domain=domain.name))
    return redirect(url_for("account.list_domains", slug=slug), 303)


@bp.post("/organizations/<slug>/domains/<uuid:domain_id>/check")
@access("org:manage_organization")
def check_domain(slug: str, domain_id: uuid.UUID) -> Response:
    domain = _domain(domain_id)
    try:
        domains.verify(domain, by=actor())
    except Refused as refusal:
        db.session.commit()  # when we last looked is worth keeping
        return _page(DomainForm(formdata=None), 422, problems={domain.id: str(refusal)})
    db.session.commit()
    flash(_("%(domain)s is verified.", domain=domain.name))
    return redirect(url_for("account.list_domains", slug=slug), 303)


@bp.post("/organizations/<slug>/domains/<uuid:domain_id>/connection")
@access("org:manage_organization")
def bind_domain(slug: str, domain_id: uuid.UUID) -> Response:
    """Which connection its people sign in through, where there are several."""
    domain, wanted = _domain(domain_id), request.form.get("connection", "")
    found = next((one for one in connections.listed(organization()) if str(one.id) == wanted), None)
    if wanted and found is None:
        abort(404)
    connection_domains.bind(domain, found, by=actor())
    db.session.commit()
    if found:
        said = _("People of %(domain)s sign in through %(connection)s.", domain=domain.name, connection=found.name)
    else:
        said = _("People of %(domain)s sign in through the connection they choose.", domain=domain.name)
    flash(said)
    return redirect(url_for("account.list_domains", slug=slug), 303)


@bp.post("/organizations/<slug>/domains/<uuid:domain_id>/removal")
@access("org:manage_organization")
def remove_domain(slug: str, domain_id: uuid.UUID) -> Response:
    domain = _domain(domain_id)
    domains.remove(domain, by=actor())
    db.session.commit()
    flash(_("%(domain)s is removed.", domain=domain.name))
    return redirect(url_for("account.list_domains", slug=slug), 303)


def _domain(domain_id: uuid.UUID) -> Domain:
    return domains.get(organization(), domain_id) or abort(404)


def _page(form: DomainForm, status: int = 200, problems: dict[uuid.UUID, str] | None = None) -> Response:
    here = organization()
    return show_organization(
        "domains", title=_("Domains"), status=status, form=form, action=ActionForm(), domains=domains.listed(here),
        problems=problems or {}, ends_at=domain_checks.ends_at, connections=connections.listed(here),
        bound=connection_domains.listed(here),
    )  # fmt: skip
