"""The tab Members: who belongs to the organization, and why."""

import uuid

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portal.account import bp
from portal.account.forms import ActionForm, InviteForm
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.organizations import invitations, members, organizations, roles
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.web.tenant import actor, membership, organization
from portal.words import _

PAGE = 50


@bp.get("/organizations/<slug>/members")
@access("org:member")
def list_members(slug: str) -> Response:
    return _page(_invite_form())


@bp.post("/organizations/<slug>/members")
@access("org:manage_members")
def invite_member(slug: str) -> Response:
    form = _invite_form()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        invitations.invite(organization(), form.email.data, roles.get(form.role.data), by=actor())
    except Refused as refusal:
        form.email.errors = [str(refusal)]
        return _page(form, 422)
    db.session.commit()
    flash(_("An invitation is on its way to %(email)s.", email=form.email.data))
    return redirect(url_for("account.list_members", slug=slug), 303)


def _page(form: InviteForm, status: int = 200) -> Response:
    search = request.args.get("search", "")[:200].strip()
    found = members.listed(organization(), search=search, after=_after(), limit=PAGE + 1)
    manages = membership().may("manage_members")
    return show_organization(
        "members", title=_("Members"), status=status, form=form, action=ActionForm(), search=search, manages=manages,
        members=found[:PAGE], more=found[PAGE - 1].id if len(found) > PAGE else None,
        count=organizations.count_members(organization()),
        pending=invitations.pending(organization()) if manages else [],
    )  # fmt: skip


def _after() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("after", ""))
    except ValueError:
        return None


def _invite_form() -> InviteForm:
    form = InviteForm()
    form.role.choices = role_choices()
    form.role.default = form.role.choices[-1].value
    if form.role.data is None:
        form.role.data = form.role.default
    return form


def role_choices() -> list[SelectChoice]:
    """Nobody gives more than they have: only an owner makes owners."""
    mine = max((role.rank for role in membership().roles), default=0)
    return [SelectChoice(role.key, role.label) for role in roles.of(organization()) if role.rank <= mine]
