"""The console's groups: who is in them, and sending them to the application."""

import uuid

from flask import Response as Page
from flask import abort
from werkzeug.wrappers import Response

from portal.practice import bp, pushing
from portal.practice.acting import act, group_of, person_of, tenant_of
from portal.practice.cast import Group
from portal.practice.forms import GroupForm, MemberForm
from portal.practice.showing import show
from portal.practice.tenants import Tenant
from portal.web.access import access
from portal.words import _

BACK = "practice.list_groups"


@bp.get("/<uuid:tenant_id>/groups")
@access("practice")
def list_groups(tenant_id: uuid.UUID) -> Page:
    return _page(tenant_of(tenant_id), GroupForm(formdata=None))


@bp.post("/<uuid:tenant_id>/groups")
@access("practice")
def create_group(tenant_id: uuid.UUID) -> Response:
    tenant, form = tenant_of(tenant_id), GroupForm()
    if not form.validate_on_submit():
        return _page(tenant, form, 422)

    def add(tenant: Tenant) -> str:
        tenant.cast.groups.append(Group(tenant.personality.new_group_id(), form.name.data.strip()))
        return _("The group %(group)s is there.", group=form.name.data.strip())

    return act(tenant_id, add, back=BACK)


@bp.post("/<uuid:tenant_id>/groups/push")
@access("practice")
def push_groups(tenant_id: uuid.UUID) -> Response:
    def push(tenant: Tenant) -> str:
        pushing.push_groups(tenant)
        return _("Every group was sent.")

    return act(tenant_id, push, back=BACK)


@bp.post("/<uuid:tenant_id>/groups/<group_id>/members")
@access("practice")
def update_member(tenant_id: uuid.UUID, group_id: str) -> Response:
    form = MemberForm()
    if not form.validate_on_submit():
        abort(400)

    def turn(tenant: Tenant) -> str:
        group, person = group_of(tenant, group_id), person_of(tenant, form.person.data)
        others = [id for id in group.members if id != person.id]
        group.members = [*others, person.id] if form.on.data == "yes" else others
        if group.remote_id:
            pushing.push_group(tenant, group)
        if form.on.data == "yes":
            return _("%(person)s is in %(group)s.", person=person.display_name, group=group.name)
        return _("%(person)s is no longer in %(group)s.", person=person.display_name, group=group.name)

    return act(tenant_id, turn, back=BACK)


@bp.post("/<uuid:tenant_id>/groups/<group_id>/deletion")
@access("practice")
def delete_group(tenant_id: uuid.UUID, group_id: str) -> Response:
    def delete(tenant: Tenant) -> str:
        group = group_of(tenant, group_id)
        pushing.delete_group(tenant, group)
        return _("The group %(group)s is gone.", group=group.name)

    return act(tenant_id, delete, back=BACK)


def _page(tenant: Tenant, form: GroupForm, status: int = 200) -> Page:
    return show(tenant, "groups", title=tenant.personality.labels.groups, status=status, form=form)
