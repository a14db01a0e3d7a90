"""The console's page where a learner makes something go wrong on purpose."""

import uuid

from flask import Response as Page
from flask import request
from werkzeug.wrappers import Response

from portal.practice import bp, faults
from portal.practice.acting import act, tenant_of
from portal.practice.showing import show
from portal.practice.tenants import Tenant
from portal.web.access import access
from portal.words import _


@bp.get("/<uuid:tenant_id>/faults")
@access("practice")
def show_faults(tenant_id: uuid.UUID) -> Page:
    tenant = tenant_of(tenant_id)
    offered = {name: faults.WORDS[name] for name in _offered(tenant)}
    return show(tenant, "faults", title=_("What goes wrong"), faults=offered)


@bp.post("/<uuid:tenant_id>/faults")
@access("practice")
def update_faults(tenant_id: uuid.UUID) -> Response:
    def switch(tenant: Tenant) -> str:
        tenant.cast.faults = [name for name in _offered(tenant) if name in request.form.getlist("fault")]
        return (
            _("Now look at what the guide says to it.")
            if tenant.cast.faults
            else _("Everything works as it should again.")
        )

    return act(tenant_id, switch, back="practice.show_faults")


def _offered(tenant: Tenant) -> tuple[str, ...]:
    return faults.OF_SIGN_IN + (faults.OF_PUSHING if tenant.personality.client else ())
