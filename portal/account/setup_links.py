"""Handing the set-up over to somebody in IT who has no account here."""

import uuid

from flask import abort
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import SetupLinkForm
from portal.account.sign_in import attempt, page
from portal.extensions import db
from portal.organizations import setup_links
from portal.organizations.refusals import Refused
from portal.settings import current
from portal.web import sudo
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _


@bp.post("/organizations/<slug>/sign-in/links")
@access("org:manage_sso")
@sudo.required
def create_setup_link(slug: str) -> Response:
    form = SetupLinkForm()
    if not form.validate_on_submit() or not form.scopes.data:
        form.scopes.errors = form.scopes.errors or [_("Choose at least one.")]
        return page(link_form=form, status=422)
    try:
        _unused, url = setup_links.create(
            organization(), by=actor(), scopes=form.scopes.data, days=form.days.data, email=form.email.data or "",
            may_go_live=form.may_go_live.data,
        )  # fmt: skip
    except Refused as refusal:
        form.email.errors = [str(refusal)]
        return page(link_form=form, status=422)
    db.session.commit()
    return page(new_link=url)


@bp.post("/organizations/<slug>/sign-in/links/<uuid:link_id>/extension")
@access("org:manage_sso")
def extend_setup_link(slug: str, link_id: uuid.UUID) -> Response:
    link = setup_links.get(organization(), link_id) or abort(404)
    days = current().setup_link_days
    return attempt(
        lambda: setup_links.extend(link, days, by=actor()),
        _("The link works for %(days)s more days from now.", days=days),
    )


@bp.post("/organizations/<slug>/sign-in/links/<uuid:link_id>/revocation")
@access("org:manage_sso")
def revoke_setup_link(slug: str, link_id: uuid.UUID) -> Response:
    link = setup_links.get(organization(), link_id) or abort(404)
    return attempt(lambda: setup_links.revoke(link, by=actor()), _("The setup link is taken back."))
