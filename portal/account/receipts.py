"""Receipts of offboarding, beside the tab Activity: whose access ended, how fast, and whether the application knows."""

import uuid

from flask import Response as Page
from flask import abort, jsonify, request
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.models import Receipt
from portal.models.engine import begin_writing
from portal.organizations import receipt_files, receipts
from portal.web.access import access
from portal.web.tenant import organization
from portal.words import _

PAGE = 50
ADDRESS = "/organizations/<slug>/activity/receipts"


@bp.get(ADDRESS)
@access("org:view_activity")
def list_receipts(slug: str) -> Response:
    found = receipts.recent(organization(), before=_before(), limit=PAGE + 1)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return show_organization("receipts", title=_("Offboarding receipts"), receipts=found[:PAGE], more=more)


@bp.get(f"{ADDRESS}/<uuid:receipt_id>")
@access("org:view_activity")
def show_receipt(slug: str, receipt_id: uuid.UUID) -> Response:
    receipt = _get(receipt_id)
    return show_organization(
        "receipt", title=_("Receipt for %(receipt)s", receipt=receipt.label), receipt=receipt, steps=receipts.steps(receipt),
        logouts=receipts.logouts(receipt),
    )  # fmt: skip


@bp.get(f"{ADDRESS}/<uuid:receipt_id>.json")
@access("org:view_activity")
def download_receipt(slug: str, receipt_id: uuid.UUID) -> Page:
    """With our signature, so that it proves itself to whoever is shown it."""
    begin_writing()  # the very first key is made when it is needed
    response = jsonify(receipt_files.file(_get(receipt_id)))
    db.session.commit()
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{receipt_id}.json"'
    return response


def _get(receipt_id: uuid.UUID) -> Receipt:
    return receipts.get(organization(), receipt_id) or abort(404)


def _before() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("before", ""))
    except ValueError:
        return None
