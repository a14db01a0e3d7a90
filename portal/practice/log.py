"""The console's log: every SCIM request it sent lately, with the answer."""

import uuid

from flask import Response

from portal.practice import bp
from portal.practice.acting import tenant_of
from portal.practice.showing import show, shown
from portal.web.access import access


@bp.get("/<uuid:tenant_id>/log")
@access("practice")
def show_log(tenant_id: uuid.UUID) -> Response:
    tenant = tenant_of(tenant_id)
    every = [shown(exchange) for exchange in reversed(tenant.exchanges)]
    return show(tenant, "log", title=tenant.personality.labels.log, every=every)
