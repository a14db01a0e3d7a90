"""People whom the directory took away at once: who they are, and one button that brings them back."""

import uuid

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.models import Batch
from portal.organizations import batches
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _, ngettext

ADDRESS = "/organizations/<slug>/batches/<uuid:batch_id>"


@bp.get(ADDRESS)
@access("org:manage_members")
def show_batch(slug: str, batch_id: uuid.UUID) -> Response:
    return _page(_batch(batch_id))


@bp.post(f"{ADDRESS}/restoration")
@access("org:manage_members")
def restore_batch(slug: str, batch_id: uuid.UUID) -> Response:
    batch = _batch(batch_id)
    try:
        seatless = batches.restore(batch, by=actor())
    except Refused as refusal:
        return _refuse(batch, refusal)
    db.session.commit()
    flash(_restored(seatless))
    return redirect(url_for("account.show_batch", slug=slug, batch_id=batch.id), 303)


@bp.post(f"{ADDRESS}/confirmation")
@access("org:manage_members")
def confirm_batch(slug: str, batch_id: uuid.UUID) -> Response:
    batch = _batch(batch_id)
    try:
        batches.confirm(batch, by=actor())
    except Refused as refusal:
        return _refuse(batch, refusal)
    db.session.commit()
    flash(_("Thank you. The directory’s word counts."))
    return redirect(url_for("account.show_batch", slug=slug, batch_id=batch.id), 303)


def _batch(batch_id: uuid.UUID) -> Batch:
    return batches.get(organization(), batch_id) or abort(404)


def _restored(seatless: int) -> str:
    if not seatless:
        return _("Everybody has access as before.")
    return ngettext(
        "Everybody has access as before. %(num)s could not: every seat is taken.",
        "Everybody has access as before. %(num)s could not: every seat is taken.", seatless,
    )  # fmt: skip


def _refuse(batch: Batch, refusal: Refused) -> Response:
    db.session.rollback()
    return _page(batch, str(refusal), 422)


def _page(batch: Batch, problem: str = "", status: int = 200) -> Response:
    counts = batches.counts(batch)
    title = _("%(total)s people at once", total=counts.total)
    return show_organization(
        "batch", title=title, status=status, batch=batch, counts=counts, people=batches.people(batch), problem=problem
    )
