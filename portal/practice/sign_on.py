"""The console's sign-on page: our addresses go in, the IdP's metadata comes out."""

import uuid

from flask import Response as Page
from werkzeug.wrappers import Response

from portal.practice import bp
from portal.practice.acting import act, tenant_of
from portal.practice.forms import SignOnForm
from portal.practice.showing import show
from portal.practice.tenants import Tenant
from portal.web.access import access


@bp.get("/<uuid:tenant_id>")
@access("practice")
def show_sign_on(tenant_id: uuid.UUID) -> Page:
    tenant = tenant_of(tenant_id)
    return _page(tenant, SignOnForm(formdata=None, obj=tenant.cast.app))


@bp.post("/<uuid:tenant_id>")
@access("practice")
def update_sign_on(tenant_id: uuid.UUID) -> Response:
    form = SignOnForm()
    if not form.validate_on_submit():
        return _page(tenant_of(tenant_id), form, 422)

    def keep(tenant: Tenant) -> str:
        tenant.cast.app.acs_url = form.acs_url.data.strip()
        tenant.cast.app.entity_id = form.entity_id.data.strip()
        return "Saved. Now copy the metadata URL into the guide."

    return act(tenant_id, keep, back="practice.show_sign_on")


def _page(tenant: Tenant, form: SignOnForm, status: int = 200) -> Page:
    labels = tenant.personality.labels
    return show(tenant, "sign_on", title=labels.sign_on, status=status, form=form.label(labels), sender=tenant.sender)
