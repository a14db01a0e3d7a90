"""The console's people: who there is, who may use the application, and what happens to them."""

import uuid

from flask import Response as Page
from flask import abort
from werkzeug.wrappers import Response

from portal.practice import bp, pushing
from portal.practice.acting import act, person_of, tenant_of
from portal.practice.cast import Person
from portal.practice.forms import PersonForm, SwitchForm
from portal.practice.showing import show
from portal.practice.tenants import Tenant
from portal.web.access import access
from portal.words import _

BACK = "practice.list_people"


@bp.get("/<uuid:tenant_id>/people")
@access("practice")
def list_people(tenant_id: uuid.UUID) -> Page:
    return _list(tenant_of(tenant_id), PersonForm(formdata=None))


@bp.post("/<uuid:tenant_id>/people")
@access("practice")
def create_person(tenant_id: uuid.UUID) -> Response:
    tenant, form = tenant_of(tenant_id), PersonForm()
    if not _usable(form, tenant):
        return _list(tenant, form, 422)

    def add(tenant: Tenant) -> str:
        person = Person(tenant.personality.new_person_id(), "", "", "")
        tenant.cast.people.append(_take(person, form))
        pushing.push_person(tenant, person)
        return _("%(person)s is there.", person=person.display_name)

    return act(tenant_id, add, back=BACK)


@bp.get("/<uuid:tenant_id>/people/<person_id>")
@access("practice")
def show_person(tenant_id: uuid.UUID, person_id: str) -> Page:
    tenant = tenant_of(tenant_id)
    person = person_of(tenant, person_id)
    return _person(tenant, person, PersonForm(formdata=None, obj=person))


@bp.post("/<uuid:tenant_id>/people/<person_id>")
@access("practice")
def update_person(tenant_id: uuid.UUID, person_id: str) -> Response:
    tenant, form = tenant_of(tenant_id), PersonForm()
    if not _usable(form, tenant, person_of(tenant, person_id)):
        return _person(tenant, person_of(tenant, person_id), form, 422)

    def change(tenant: Tenant) -> str:
        person = _take(person_of(tenant, person_id), form)
        pushing.push_person(tenant, person)
        return _("%(person)s is changed.", person=person.display_name)

    return act(tenant_id, change, back=BACK)


@bp.post("/<uuid:tenant_id>/people/<person_id>/<any(active,assigned):switch>")
@access("practice")
def update_person_switch(tenant_id: uuid.UUID, person_id: str, switch: str) -> Response:
    """Both say whether the person may use the application; the IdP tells it the same either way."""
    form = SwitchForm()
    if not form.validate_on_submit():
        abort(400)

    def turn(tenant: Tenant) -> str:
        person = person_of(tenant, person_id)
        setattr(person, switch, form.on.data == "yes")
        pushing.push_person(tenant, person)
        if person.in_use:
            return _("%(person)s may use the application.", person=person.display_name)
        return _("%(person)s may not use the application.", person=person.display_name)

    return act(tenant_id, turn, back=BACK)


@bp.post("/<uuid:tenant_id>/people/<person_id>/deletion")
@access("practice")
def delete_person(tenant_id: uuid.UUID, person_id: str) -> Response:
    def delete(tenant: Tenant) -> str:
        person = person_of(tenant, person_id)
        pushing.delete_person(tenant, person)
        return _("%(person)s is gone.", person=person.display_name)

    return act(tenant_id, delete, back=BACK)


def _usable(form: PersonForm, tenant: Tenant, person: Person | None = None) -> bool:
    if not form.validate_on_submit():
        return False
    if tenant.cast.named(form.user_name.data) in (None, person):
        return True
    form.user_name.errors = [_("Somebody here has this user name already.")]
    return False


def _take(person: Person, form: PersonForm) -> Person:
    person.given_name = form.given_name.data.strip()
    person.family_name = (form.family_name.data or "").strip()
    person.user_name = form.user_name.data.strip()
    return person


def _list(tenant: Tenant, form: PersonForm, status: int = 200) -> Page:
    return show(tenant, "people", title=tenant.personality.labels.people, status=status, form=form)


def _person(tenant: Tenant, person: Person, form: PersonForm, status: int = 200) -> Page:
    return show(tenant, "person", title=person.display_name, status=status, form=form, person=person)
