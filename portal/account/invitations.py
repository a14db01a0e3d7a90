"""Taking an invitation back."""

import uuid

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.extensions import db
from portal.organizations import invitations
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _


@bp.post("/organizations/<slug>/invitations/<uuid:invitation_id>/revocation")
@access("org:manage_members")
def revoke_invitation(slug: str, invitation_id: uuid.UUID) -> Response:
    invitation = invitations.get(organization(), invitation_id) or abort(404)
    invitations.revoke(invitation, by=actor())
    db.session.commit()
    flash(_("The invitation of %(email)s is taken back.", email=invitation.email))
    return redirect(url_for("account.list_members", slug=slug), 303)
