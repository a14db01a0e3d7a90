"""The tab Organizations: the companies you belong to."""

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.tabs import show_own
from portal.extensions import db
from portal.models import Membership, Organization, Status
from portal.web.access import access
from portal.web.session import current_session, person
from portal.words import _


@bp.get("/account/organizations")
@access("signed-in")
def list_organizations() -> Response:
    found = db.session.scalars(
        sa.select(Membership)
        .join(Membership.organization)
        .options(contains_eager(Membership.organization))
        .where(Membership.user_id == person().id, Membership.status == Status.ACTIVE)
        .order_by(Organization.name)
    ).all()
    reachable = [membership for membership in found if current_session().reaches(membership.organization_id)]
    return show_own(
        "organizations", title=_("Organizations"), memberships=reachable, hidden=len(found) - len(reachable)
    )
