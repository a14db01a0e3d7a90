"""One recorded request with its answer, as far as it is kept: secrets were left out when it was written."""

import uuid

from flask import Response, abort

from portal.extensions import db
from portal.models import Exchange
from portal.staff import bp, showing
from portal.staff.organizations import get
from portal.web.access import access
from portal.words import _


@bp.get("/organizations/<uuid:organization_id>/exchanges/<uuid:exchange_id>")
@access("staff")
def show_exchange(organization_id: uuid.UUID, exchange_id: uuid.UUID) -> Response:
    organization = get(organization_id)
    found = organization.exchanges.select().where(Exchange.id == exchange_id)
    exchange = db.session.scalars(found).one_or_none() or abort(404)
    title = f"{exchange.method} {exchange.status}"
    if exchange.code:
        title = _("%(request)s, code %(code)s", request=title, code=exchange.code)
    return showing.page("exchange", title=title, organization=organization, exchange=exchange)
