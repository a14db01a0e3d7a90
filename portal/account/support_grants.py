"""Sharing the provisioning log with support, for a while."""

import uuid

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import GrantForm
from portal.account.provisioning_log import log_page
from portal.extensions import db
from portal.organizations import support_grants
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _

ADDRESS = "/organizations/<slug>/sign-in/scim/log/grants"


@bp.post(ADDRESS)
@access("org:manage_sso")
def give_grant(slug: str) -> Response:
    form = GrantForm()
    if not form.validate_on_submit():
        return log_page(form, 422)
    support_grants.give(organization(), by=actor(), days=int(form.days.data), note=form.note.data or "")
    return _done(_("Support may look at this log now."))


@bp.post(f"{ADDRESS}/<uuid:grant_id>/revocation")
@access("org:manage_sso")
def revoke_grant(slug: str, grant_id: uuid.UUID) -> Response:
    support_grants.revoke(support_grants.get(organization(), grant_id) or abort(404), by=actor())
    return _done(_("Support can no longer look at this log."))


def _done(said: str) -> Response:
    db.session.commit()
    flash(said)
    return redirect(url_for("account.list_log", slug=organization().slug), 303)
