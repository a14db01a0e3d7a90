"""One member: role, status, where they come from, what happened."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp, sentences
from portal.account.forms import ActionForm, RoleForm
from portal.account.members import role_choices
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.models import Directory, DirectoryUser, Event, Membership
from portal.organizations import members, roles
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.web.tenant import actor, organization

ADDRESS = "/organizations/<slug>/members/<uuid:membership_id>"


@bp.get(ADDRESS)
@access("org:manage_members")
def show_member(slug: str, membership_id: uuid.UUID) -> Response:
    return _page(_member(membership_id))


@bp.post(f"{ADDRESS}/role")
@access("org:manage_members")
def update_member_role(slug: str, membership_id: uuid.UUID) -> Response:
    member, form = _member(membership_id), RoleForm()
    form.role.choices = role_choices()
    if not form.validate_on_submit():
        return _page(member, "Choose one of the roles.")
    return _do(member, lambda: members.set_role(member, roles.get(form.role.data), by=actor()), "The role is changed.")


@bp.post(f"{ADDRESS}/suspension")
@access("org:manage_members")
def suspend_member(slug: str, membership_id: uuid.UUID) -> Response:
    member = _member(membership_id)
    return _do(member, lambda: members.suspend(member, by=actor()), f"{member.label} is suspended. Access has ended.")


@bp.post(f"{ADDRESS}/restoration")
@access("org:manage_members")
def restore_member(slug: str, membership_id: uuid.UUID) -> Response:
    member = _member(membership_id)
    return _do(member, lambda: members.restore(member, by=actor()), f"{member.label} is active again.")


@bp.post(f"{ADDRESS}/removal")
@access("org:manage_members")
def remove_member(slug: str, membership_id: uuid.UUID) -> Response:
    member = _member(membership_id)
    return _do(member, lambda: members.remove(member, by=actor()), f"{member.label} is removed. Access has ended.")


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
    form = RoleForm(role=member.role.key if member.role else None, formdata=None)
    form.role.choices = role_choices()
    events = db.session.scalars(
        organization().events.select().where(Event.subject_id == member.id).order_by(Event.id.desc()).limit(30)
    )
    directory, set_aside_at = _told_by(member)
    return show_organization(
        "member", title=member.label, status=422 if problem else 200, member=member, form=form, action=ActionForm(),
        problem=problem, directory=directory, set_aside_at=set_aside_at, events=[sentences.tell(event) for event in events],
    )  # fmt: skip


def _told_by(member: Membership) -> tuple[Directory | None, datetime | None]:
    """The directory that speaks for this person, and since when its word is set aside."""
    rows = db.session.execute(
        sa.select(Directory, DirectoryUser.set_aside_at)
        .join(DirectoryUser, sa.and_(
            DirectoryUser.directory_id == Directory.id, DirectoryUser.organization_id == Directory.organization_id
        ))
        .where(DirectoryUser.organization_id == member.organization_id, DirectoryUser.membership_id == member.id)
        .limit(1)
    )  # fmt: skip
    return next(((directory, at) for directory, at in rows), (None, None))
