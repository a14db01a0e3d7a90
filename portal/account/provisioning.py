"""What can be done to a directory once it is connected: pause, resume, another token."""

import uuid
from functools import partial

from flask import abort
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import ClientForm, HoldingForm, TokenForm
from portal.account.sign_in import attempt, directory, page
from portal.extensions import db
from portal.models import Mode
from portal.organizations import clients, directories, organizations, tokens
from portal.web import sudo
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _


@bp.post("/organizations/<slug>/sign-in/scim/pause")
@access("org:manage_sso")
def pause_scim(slug: str) -> Response:
    found = directory() or abort(404)
    return attempt(lambda: directories.set_mode(found, Mode.PAUSED, by=actor()), _("Provisioning is paused."))


@bp.post("/organizations/<slug>/sign-in/scim/resumption")
@access("org:manage_sso")
def resume_scim(slug: str) -> Response:
    found = directory() or abort(404)
    if found.live_at is None:
        abort(404)
    return attempt(lambda: directories.set_mode(found, Mode.LIVE, by=actor()), _("Provisioning is live again."))


@bp.post("/organizations/<slug>/sign-in/scim/holding")
@access("org:manage_sso")
def update_holding(slug: str) -> Response:
    form = HoldingForm()
    if not form.validate_on_submit():
        return page(status=422)
    verb = partial(organizations.set_policy, organization(), by=actor(), hold_large_batches=form.hold.data)
    return attempt(verb, _("What happens when many people leave at once is saved."))


@bp.post("/organizations/<slug>/sign-in/scim/tokens")
@access("org:manage_sso")
@sudo.required
def create_token(slug: str) -> Response:
    """Shown in this answer only, which nobody may keep."""
    form, found = TokenForm(), directory() or abort(404)
    if not form.validate_on_submit():
        return page(token_form=form, status=422)
    _unused, secret = tokens.issue(found, by=actor(), name=form.name.data or "", days=int(form.days.data) or None)
    db.session.commit()
    return page(new_token=secret)


@bp.post("/organizations/<slug>/sign-in/scim/clients")
@access("org:manage_sso")
@sudo.required
def create_client(slug: str) -> Response:
    """Its secret, too, is shown in this answer only."""
    form, found = ClientForm(), directory() or abort(404)
    if not form.validate_on_submit():
        return page(client_form=form, status=422)
    client, secret = clients.create(found, by=actor(), name=form.client_name.data or "")
    db.session.commit()
    return page(new_client=client, new_client_secret=secret)


@bp.post("/organizations/<slug>/sign-in/scim/tokens/<uuid:token_id>/revocation")
@access("org:manage_sso")
def revoke_token(slug: str, token_id: uuid.UUID) -> Response:
    found = directory() or abort(404)
    token = tokens.get(found, token_id) or abort(404)
    return attempt(
        lambda: tokens.revoke(token, found, by=actor()), _("The token %(prefix)s… is revoked.", prefix=token.prefix)
    )
