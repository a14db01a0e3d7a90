"""Naming a member for the vacant owner's seat, by a contact in IT whom an admin vouched for and who was mailed a link."""

import uuid

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.organizations import members, ownership, vacancies
from portal.organizations.refusals import Refused
from portal.setup import bp, visitor
from portal.web.access import access
from portal.web.htmx import render
from portal.words import _

SCOPE = {"scope": "seat"}


@bp.get("/<slug>/seat", defaults=SCOPE)
@access("setup")
def show_seat() -> Response:
    return _to_settings() or _page()


@bp.post("/<slug>/seat/<uuid:membership_id>", defaults=SCOPE)
@access("setup")
def hand_over_seat(membership_id: uuid.UUID) -> Response:
    if elsewhere := _to_settings():
        return elsewhere
    member = members.get(visitor.organization(), membership_id) or abort(404)
    try:
        ownership.hand_over(visitor.organization(), member, by=visitor.here().actor)
    except Refused as refusal:
        db.session.rollback()
        return _page(str(refusal), 422)
    db.session.commit()
    flash(_("%(name)s is the owner now.", name=member.label))
    return redirect(url_for("setup.show_seat", slug=visitor.organization().slug), 303)


def _to_settings() -> Response | None:
    """Who has an account goes by what the account may do."""
    if visitor.here().link:
        return None
    return redirect(url_for("account.show_owner", slug=visitor.organization().slug), 303)


def _page(problem: str = "", status: int = 200) -> Response:
    here, search = visitor.organization(), request.args.get("search", "")[:200].strip()
    vacant = vacancies.of(here)
    return render(
        "setup/seat.html", "setup/_seat.html", title=_("The owner’s seat"), status=status, organization=here, problem=problem,
        vacant=vacant, search=search, members=members.active_ones(here, search=search) if vacant else [],
    )  # fmt: skip
