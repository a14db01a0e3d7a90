"""What organizations need help with: people who left at once, a vacant owner's seat, a log somebody shared. All audited."""

import uuid

from flask import Response as Page
from flask import abort, flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.models import Directory, SupportGrant
from portal.models.base import now
from portal.organizations import batches, directories, members, ownership, support_grants
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import Refused
from portal.scim import bundle, journal
from portal.scim.journal import Search
from portal.staff import bp, showing
from portal.staff.organizations import get
from portal.web import tenant
from portal.web.access import access
from portal.words import _

ORGANIZATION = "/organizations/<uuid:organization_id>"
GRANT = f"{ORGANIZATION}/grants/<uuid:grant_id>/<uuid:directory_id>"


@bp.post(f"{ORGANIZATION}/batches/<uuid:batch_id>/restoration")
@access("staff")
def restore_batch(organization_id: uuid.UUID, batch_id: uuid.UUID) -> Response:
    batch = batches.get(get(organization_id), batch_id) or abort(404)
    try:
        batches.restore(batch, by=_actor())
    except Refused as refusal:
        return _refuse(organization_id, refusal)
    db.session.commit()
    flash(_("Everybody has access as before."))
    return redirect(url_for("staff.show_organization", organization_id=organization_id), 303)


@bp.post(f"{ORGANIZATION}/owner/<uuid:membership_id>")
@access("staff")
def hand_over_ownership(organization_id: uuid.UUID, membership_id: uuid.UUID) -> Response:
    organization = get(organization_id)
    member = members.get(organization, membership_id) or abort(404)
    try:
        ownership.hand_over(organization, member, by=_actor())
    except Refused as refusal:
        return _refuse(organization_id, refusal)
    db.session.commit()
    flash(_("%(member)s is the owner now.", member=member.label))
    return redirect(url_for("staff.show_organization", organization_id=organization_id, _anchor="members"), 303)


@bp.post(f"{GRANT}/look")
@access("staff")
def look_at_log(organization_id: uuid.UUID, grant_id: uuid.UUID, directory_id: uuid.UUID) -> Page:
    """A look is something done: it is counted, and its owner sees it."""
    grant, directory = _granted(organization_id, grant_id, directory_id)
    support_grants.look(grant, by=_actor())
    db.session.commit()
    entries = journal.entries(directory, Search(outcome="all"))
    return showing.page(
        "log", title=_("Provisioning log"), organization=get(organization_id), entries=entries, grant=grant,
        provider=journal.guide(directory), directory=directory,
    )  # fmt: skip


@bp.post(f"{GRANT}/bundle")
@access("staff")
def download_bundle(organization_id: uuid.UUID, grant_id: uuid.UUID, directory_id: uuid.UUID) -> Page:
    grant, directory = _granted(organization_id, grant_id, directory_id)
    support_grants.look(grant, by=_actor())
    db.session.commit()
    answer = make_response(bundle.build(directory, Search(outcome="all")))
    answer.mimetype = "application/zip"
    answer.headers["Content-Disposition"] = 'attachment; filename="provisioning.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _granted(
    organization_id: uuid.UUID, grant_id: uuid.UUID, directory_id: uuid.UUID
) -> tuple[SupportGrant, Directory]:
    """What was not shared, or no longer is, does not exist."""
    organization = get(organization_id)
    grant = support_grants.get(organization, grant_id)
    directory = next((one for one in directories.listed(organization) if one.id == directory_id), None)
    if grant is None or directory is None or not grant.usable(now()):
        abort(404)
    return grant, directory


def _refuse(organization_id: uuid.UUID, refusal: Refused) -> Response:
    db.session.rollback()
    return showing.organization(get(organization_id), problem=str(refusal), status=422)


def _actor() -> Actor:
    return tenant.actor(Door.STAFF)
