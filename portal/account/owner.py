"""A vacant owner's seat: shown, and handed over to a member."""

import uuid

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.organizations import members, ownership, vacancies
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _


@bp.get("/organizations/<slug>/owner")
@access("org:manage_organization")
def show_owner(slug: str) -> Response:
    return _page()


@bp.post("/organizations/<slug>/owner/<uuid:membership_id>")
@access("org:manage_organization")
def hand_over_ownership(slug: str, membership_id: uuid.UUID) -> Response:
    member = members.get(organization(), membership_id) or abort(404)
    try:
        ownership.hand_over(organization(), member, by=actor())
    except Refused as refusal:
        db.session.rollback()
        return _page(str(refusal), 422)
    db.session.commit()
    flash(_("%(member)s is the owner now.", member=member.label))
    return redirect(url_for("account.show_owner", slug=slug), 303)


def _page(problem: str = "", status: int = 200) -> Response:
    search = request.args.get("search", "")[:200].strip()
    return show_organization(
        "owner", title=_("The owner’s seat"), status=status, problem=problem, vacant=vacancies.of(organization()),
        search=search, members=members.active_ones(organization(), search=search),
    )  # fmt: skip
