"""The console's sign-on page: our addresses go in, the IdP's metadata comes out."""

import uuid

from flask import Response as Page
from werkzeug.wrappers import Response

from portal.practice import bp
from portal.practice.acting import act, tenant_of
from portal.practice.forms import ClientForm, SignOnForm
from portal.practice.openid import Provider
from portal.practice.showing import show
from portal.practice.tenants import Tenant
from portal.web.access import access
from portal.words import _


@bp.get("/<uuid:tenant_id>")
@access("practice")
def show_sign_on(tenant_id: uuid.UUID) -> Page:
    return _page(tenant_of(tenant_id))


@bp.post("/<uuid:tenant_id>")
@access("practice")
def update_sign_on(tenant_id: uuid.UUID) -> Response:
    form = SignOnForm()
    if not form.validate_on_submit():
        return _page(tenant_of(tenant_id), form, 422)

    def keep(tenant: Tenant) -> str:
        tenant.cast.app.acs_url = form.acs_url.data.strip()
        tenant.cast.app.entity_id = form.entity_id.data.strip()
        return _("Saved. Now copy the metadata URL into the guide.")

    return act(tenant_id, keep, back="practice.show_sign_on")


@bp.post("/<uuid:tenant_id>/client")
@access("practice")
def update_client(tenant_id: uuid.UUID) -> Response:
    form = ClientForm()
    if not form.validate_on_submit():
        return _page(tenant_of(tenant_id), status=422, client=form)

    def keep(tenant: Tenant) -> str:
        tenant.cast.app.redirect_uri = form.redirect_uri.data.strip()
        return _("Saved. Now copy the three values into the guide.")

    return act(tenant_id, keep, back="practice.show_sign_on")


def _page(tenant: Tenant, form: SignOnForm | None = None, status: int = 200, client: ClientForm | None = None) -> Page:
    labels, app = tenant.personality.labels, tenant.cast.app
    form, client = form or SignOnForm(formdata=None, obj=app), client or ClientForm(formdata=None, obj=app)
    return show(
        tenant, "sign_on", title=labels.sign_on, status=status, form=form.label(labels), client=client.label(labels),
        sender=tenant.sender, provider=Provider(tenant),
    )  # fmt: skip
