"""The console's provisioning page: address and token go in, everybody goes out."""

import uuid

from flask import Response as Page
from werkzeug.wrappers import Response

from portal.practice import bp, google_api, pushing
from portal.practice.acting import act, tenant_of
from portal.practice.forms import ProvisioningForm
from portal.practice.showing import show
from portal.practice.tenants import Tenant
from portal.web.access import access
from portal.words import _

BACK = "practice.show_provisioning"


@bp.get("/<uuid:tenant_id>/provisioning")
@access("practice")
def show_provisioning(tenant_id: uuid.UUID) -> Page:
    tenant = tenant_of(tenant_id)
    return _page(tenant, ProvisioningForm(formdata=None, base_url=tenant.cast.provisioning.base_url))


@bp.post("/<uuid:tenant_id>/provisioning")
@access("practice")
def update_provisioning(tenant_id: uuid.UUID) -> Response:
    form = ProvisioningForm()
    if not form.validate_on_submit():
        return _page(tenant_of(tenant_id), form, 422)

    def connect(tenant: Tenant) -> str:
        pushing.connect(tenant, form.base_url.data.strip(), form.token.data.strip())
        return _("The application answered as it should. Now send your people.")

    return act(tenant_id, connect, back=BACK)


@bp.post("/<uuid:tenant_id>/provisioning/people")
@access("practice")
def push_people(tenant_id: uuid.UUID) -> Response:
    def push(tenant: Tenant) -> str:
        pushing.push_everybody(tenant)
        return _("Everybody was sent.")

    return act(tenant_id, push, back=BACK)


def _page(tenant: Tenant, form: ProvisioningForm, status: int = 200) -> Page:
    labels = tenant.personality.labels
    if tenant.personality.pulled:
        return show(tenant, "google", title=labels.provisioning, status=status, scopes=google_api.SCOPES)
    return show(tenant, "provisioning", title=labels.provisioning, status=status, form=form.label(labels))
