"""One member: role, status, where they come from, what happened."""

import uuid

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp, sentences
from portal.account.forms import ActionForm, RoleForm
from portal.account.members import role_choices
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.models import Event, Membership
from portal.organizations import explaining, managed, members, roles
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _

ADDRESS = "/organizations/<slug>/members/<uuid:membership_id>"


@bp.get(ADDRESS)
@access("org:manage_members")
def show_member(slug: str, membership_id: uuid.UUID) -> Response:
    return _page(_member(membership_id))


@bp.post(f"{ADDRESS}/role")
@access("org:manage_members")
def update_member_role(slug: str, membership_id: uuid.UUID) -> Response:
    member, form = _member(membership_id), RoleForm()
    form.roles.choices = role_choices()
    if not form.validate_on_submit() or not form.roles.data:
        return _page(member, _("Choose at least one of the roles."))
    wanted = [roles.get(key) for key in form.roles.data]
    return _do(member, lambda: members.give_roles(member, wanted, by=actor()), _("The roles are changed."))


@bp.post(f"{ADDRESS}/suspension")
@access("org:manage_members")
def suspend_member(slug: str, membership_id: uuid.UUID) -> Response:
    member = _member(membership_id)
    return _do(
        member,
        lambda: members.suspend(member, by=actor()),
        _("%(member)s is suspended. Access has ended.", member=member.label),
    )


@bp.post(f"{ADDRESS}/restoration")
@access("org:manage_members")
def restore_member(slug: str, membership_id: uuid.UUID) -> Response:
    member = _member(membership_id)
    return _do(
        member, lambda: members.restore(member, by=actor()), _("%(member)s is active again.", member=member.label)
    )


@bp.post(f"{ADDRESS}/removal")
@access("org:manage_members")
def remove_member(slug: str, membership_id: uuid.UUID) -> Response:
    member = _member(membership_id)
    return _do(
        member,
        lambda: members.remove(member, by=actor()),
        _("%(member)s is removed. Access has ended.", member=member.label),
    )


def _do(member: Membership, deed: "sentences.Deed", said: str) -> Response:
    try:
        deed()
    except Refused as refusal:
        db.session.rollback()
        return _page(member, str(refusal))
    db.session.commit()
    flash(said)
    return redirect(url_for("account.show_member", slug=organization().slug, membership_id=member.id), 303)


def _member(membership_id: uuid.UUID) -> Membership:
    return members.get(organization(), membership_id) or abort(404)


def _page(member: Membership, problem: str = "") -> Response:
    form = RoleForm(roles=[role.key for role in member.roles], formdata=None)
    form.roles.choices = role_choices()
    events = db.session.scalars(
        organization().events.select().where(Event.subject_id == member.id).order_by(Event.id.desc()).limit(30)
    )
    directory = managed.directory_of(member)
    person = managed.person_of(directory, member) if directory else None
    return show_organization(
        "member", title=member.label, status=422 if problem else 200, member=member, form=form, action=ActionForm(),
        problem=problem, directory=directory, set_aside_at=person.set_aside_at if person else None,
        decided=managed.decides_roles(member), why=explaining.explain(member).words,
        events=[sentences.tell(event) for event in events],
    )  # fmt: skip
