"""What support may do for an organization: vouch for a domain, switch single sign-on, hand out a setup link. All audited."""

import uuid

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.models import Organization
from portal.organizations import domains, organizations, setup_links
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import Refused
from portal.staff import bp, showing
from portal.staff.organizations import get
from portal.web import tenant
from portal.web.access import access
from portal.words import _

ORGANIZATION = "/organizations/<uuid:organization_id>"


@bp.post(f"{ORGANIZATION}/domains/<uuid:domain_id>/verification")
@access("staff")
def verify_domain(organization_id: uuid.UUID, domain_id: uuid.UUID) -> Response:
    organization = get(organization_id)
    domain = domains.get(organization, domain_id) or abort(404)
    try:
        domains.verify_by_staff(domain, by=_actor())
    except Refused as refusal:
        db.session.rollback()
        return showing.organization(get(organization_id), problem=str(refusal), status=422)
    db.session.commit()
    flash(_("%(domain)s is verified.", domain=domain.name))
    return _back(organization, "domains")


@bp.post(f"{ORGANIZATION}/sso")
@access("staff")
def switch_sso(organization_id: uuid.UUID) -> Response:
    organization = get(organization_id)
    organizations.set_policy(organization, by=_actor(), sso_allowed=request.form.get("allowed") == "1")
    db.session.commit()
    if organization.sso_allowed:
        flash(_("Single sign-on is allowed for %(organization)s.", organization=organization.name))
    else:
        flash(_("Single sign-on is switched off for %(organization)s.", organization=organization.name))
    return _back(organization, "connections")


@bp.post(f"{ORGANIZATION}/setup-links")
@access("staff")
def create_setup_link(organization_id: uuid.UUID) -> Response:
    """The address is shown in this answer only."""
    organization = get(organization_id)
    scopes = [scope for scope in request.form.getlist("scopes") if scope in setup_links.SCOPES]
    days = request.form.get("days", 7, type=int)
    if not scopes or not 1 <= days <= 30:
        problem = _("Choose what the link opens, and 1 to 30 days.")
        return showing.organization(organization, problem=problem, status=422)
    try:
        _row, url = setup_links.create(
            organization, by=_actor(), scopes=scopes, days=days, note=request.form.get("note", "").strip(),
            may_go_live=request.form.get("may_go_live") == "1", email=request.form.get("email", "").strip(),
        )  # fmt: skip
    except Refused as refusal:
        return showing.organization(organization, problem=str(refusal), status=422)
    db.session.commit()
    return showing.organization(organization, link=url)


@bp.post(f"{ORGANIZATION}/setup-links/<uuid:link_id>/revocation")
@access("staff")
def revoke_setup_link(organization_id: uuid.UUID, link_id: uuid.UUID) -> Response:
    organization = get(organization_id)
    setup_links.revoke(setup_links.get(organization, link_id) or abort(404), by=_actor())
    db.session.commit()
    flash(_("The setup link no longer works."))
    return _back(organization, "setup-links")


def _actor() -> Actor:
    return tenant.actor(Door.STAFF)


def _back(organization: Organization, section: str) -> Response:
    return redirect(url_for("staff.show_organization", organization_id=organization.id, _anchor=section), 303)
