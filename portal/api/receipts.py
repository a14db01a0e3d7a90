"""/organizations/…/receipts: proof of each offboarding, and your word that you have acted on it."""

import uuid
from datetime import datetime

from flask import abort
from pydantic import Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.organizations import get as organization_of
from portal.api.paging import Listing, Page, Rows, page
from portal.api.speaking import Shape, speaks
from portal.extensions import db
from portal.models import Receipt
from portal.models.engine import begin_writing
from portal.organizations import receipt_files, receipts
from portal.web.access import access


class ReceiptShape(Shape):
    """`deed` is `suspended` or `removed`. `expected` is null until it is known whether anybody of yours listens."""

    id: uuid.UUID
    organization_id: uuid.UUID
    membership_id: uuid.UUID
    user_id: uuid.UUID
    event_id: uuid.UUID
    email: str
    name: str
    deed: str
    door: str
    by: str = Field(validation_alias="actor_label")
    requested_at: datetime
    access_off_at: datetime
    milliseconds: int
    sessions_ended: int
    sign_ins_ended: int
    keys_ended: int
    expected: bool | None
    told_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str


class SignedReceiptShape(Shape):
    """`jws` is the receipt signed by us (RFC 7515): check it with the keys at /.well-known/jwks.json, or, for an old one, at
    /.well-known/retired-keys.json."""

    receipt: ReceiptShape
    jws: str


ADDRESS = "/v1/organizations/<organization>/receipts"


@bp.get(ADDRESS)
@access("api:receipts:read")
@speaks(Page[ReceiptShape])
def list_receipts(organization: str, query: Listing) -> Rows[Receipt]:
    """List the receipts of an organization's offboardings, in their order."""
    return page(receipts.listed(organization_of(organization)), Receipt.id, query)


@bp.get(f"{ADDRESS}/<uuid:receipt_id>")
@access("api:receipts:read")
@speaks(ReceiptShape)
def show_receipt(organization: str, receipt_id: uuid.UUID) -> Receipt:
    """Read a receipt."""
    return _get(organization, receipt_id)


@bp.get(f"{ADDRESS}/<uuid:receipt_id>/signed")
@access("api:receipts:read")
@speaks(SignedReceiptShape)
def show_signed_receipt(organization: str, receipt_id: uuid.UUID) -> dict[str, object]:
    """Read a receipt with our signature, as it stands now."""
    begin_writing()  # the very first key is made when it is needed
    receipt = _get(organization, receipt_id)
    said = {"receipt": receipt, "jws": receipt_files.signed(receipt)}
    db.session.commit()
    return said


@bp.put(f"{ADDRESS}/<uuid:receipt_id>/acknowledgement")
@access("api:receipts:write")
@speaks(ReceiptShape)
def acknowledge_receipt(organization: str, receipt_id: uuid.UUID) -> Receipt:
    """Say that this person has no access with you any more."""
    receipt = _get(organization, receipt_id)
    receipts.acknowledge(receipt, by=actor())
    return receipt


def _get(organization: str, receipt_id: uuid.UUID) -> Receipt:
    return receipts.get(organization_of(organization), receipt_id) or abort(404)
