"""Looking organizations up, and looking at one."""

import uuid

from flask import Response, abort, request

from portal.extensions import db
from portal.models import Organization
from portal.staff import bp, finding, showing
from portal.web.access import access
from portal.words import _


@bp.get("")
@access("staff")
def list_organizations() -> Response:
    search = request.args.get("search", "").strip()[:320]
    return showing.page(
        "organizations", title=_("Organizations"), search=search, found=finding.organizations(search),
        exchange=finding.exchange(search) if search else None, urgent=[] if search else finding.urgent(),
    )  # fmt: skip


@bp.get("/organizations/<uuid:organization_id>")
@access("staff")
def show_organization(organization_id: uuid.UUID) -> Response:
    return showing.organization(get(organization_id))


def get(organization_id: uuid.UUID) -> Organization:
    return db.session.get(Organization, organization_id) or abort(404)
