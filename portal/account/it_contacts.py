"""Contacts in IT: people without an account here who hear of alarms and of what ends soon."""

import uuid

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import ContactForm
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.models import ItContact
from portal.organizations import it_contacts
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _

ADDRESS = "/organizations/<slug>/contacts"
ONE = f"{ADDRESS}/<uuid:contact_id>"


@bp.get(ADDRESS)
@access("org:manage_organization")
def list_contacts(slug: str) -> Response:
    return _page(ContactForm(formdata=None))


@bp.post(ADDRESS)
@access("org:manage_organization")
def add_contact(slug: str) -> Response:
    form = ContactForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    wants = {"wants_deadlines": form.deadlines.data, "wants_alarms": form.alarms.data}
    try:
        it_contacts.add(organization(), form.email.data, by=actor(), **wants)
    except Refused as refusal:
        db.session.rollback()
        form.email.errors = [str(refusal)]
        return _page(form, 422)
    return _done(_("%(email)s is on the list.", email=form.email.data))


@bp.post(f"{ONE}/wishes")
@access("org:manage_organization")
def change_contact(slug: str, contact_id: uuid.UUID) -> Response:
    contact = _contact(contact_id)
    wants = {f"wants_{name}": name in request.form for name in ("deadlines", "alarms")}
    it_contacts.change(contact, by=actor(), **wants)
    return _done(_("What %(email)s is told is saved.", email=contact.email))


@bp.post(f"{ONE}/trust")
@access("org:manage_organization")
def trust_contact(slug: str, contact_id: uuid.UUID) -> Response:
    contact = _contact(contact_id)
    it_contacts.trust(contact, by=actor())
    return _done(_("Links may be mailed to %(email)s from now on.", email=contact.email))


@bp.post(f"{ONE}/removal")
@access("org:manage_organization")
def remove_contact(slug: str, contact_id: uuid.UUID) -> Response:
    contact = _contact(contact_id)
    it_contacts.remove(contact, by=actor())
    return _done(_("%(email)s is told nothing any more.", email=contact.email))


def _contact(contact_id: uuid.UUID) -> ItContact:
    return it_contacts.get(organization(), contact_id) or abort(404)


def _done(said: str) -> Response:
    db.session.commit()
    flash(said)
    return redirect(url_for("account.list_contacts", slug=organization().slug), 303)


def _page(form: ContactForm, status: int = 200) -> Response:
    found = it_contacts.listed(organization())
    return show_organization("contacts", title=_("Contacts in IT"), status=status, form=form, contacts=found)
