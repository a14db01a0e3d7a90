"""Receipts of offboarding for support: those nobody acknowledged, across organizations, and one of them."""

import uuid

from flask import Response, abort, jsonify

from portal.extensions import db
from portal.models import Organization, Receipt
from portal.models.engine import begin_writing
from portal.organizations import acknowledgements, receipt_files, receipts
from portal.settings import current
from portal.staff import bp, showing
from portal.staff.organizations import get as organization_of
from portal.web.access import access
from portal.words import _

MOST = 100
ONE = "/organizations/<uuid:organization_id>/receipts/<uuid:receipt_id>"


@bp.get("/receipts")
@access("staff")
def list_overdue_receipts() -> Response:
    late = acknowledgements.overdue().order_by(Receipt.id.desc()).limit(MOST)
    found = db.session.scalars(late).all()
    names = {one.organization_id: db.session.get(Organization, one.organization_id) for one in found}
    return showing.page(
        "receipts", title=_("Not acknowledged"), receipts=found, organizations=names,
        count=acknowledgements.count_overdue(), minutes=current().acknowledgement_minutes,
    )  # fmt: skip


@bp.get(ONE)
@access("staff")
def show_receipt(organization_id: uuid.UUID, receipt_id: uuid.UUID) -> Response:
    organization = organization_of(organization_id)
    receipt = receipts.get(organization, receipt_id) or abort(404)
    return showing.page(
        "receipt", title=_("Receipt for %(receipt)s", receipt=receipt.label), organization=organization, receipt=receipt,
        steps=receipts.steps(receipt), logouts=receipts.logouts(receipt),
    )  # fmt: skip


@bp.get(f"{ONE}.json")
@access("staff")
def download_receipt(organization_id: uuid.UUID, receipt_id: uuid.UUID) -> Response:
    begin_writing()  # the very first key is made when it is needed
    receipt = receipts.get(organization_of(organization_id), receipt_id) or abort(404)
    response = jsonify(receipt_files.file(receipt))
    db.session.commit()
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{receipt_id}.json"'
    return response
