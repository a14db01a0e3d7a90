"""Contacts in a company's IT: people without an account here who hear of alarms and of what ends soon."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from portal.extensions import db
from portal.models import ItContact, Organization
from portal.models.base import key, new_id, now
from portal.models.engine import insert_new
from portal.organizations import events, users
from portal.organizations.actors import Actor
from portal.organizations.refusals import AlreadyContact, TooManyContacts

MOST = 20


def add(
    organization: Organization, email: str, *, by: Actor, wants_deadlines: bool = True, wants_alarms: bool = True
) -> ItContact:
    """By an admin, who thereby vouches for the address."""
    contact = _contact(organization, email, by)
    contact.trusted_at, contact.wants_deadlines, contact.wants_alarms = now(), wants_deadlines, wants_alarms
    if not insert_new(contact):
        raise AlreadyContact
    events.record("it_contact.added", organization, contact, by=by, email=contact.email)
    return contact


def capture(organization: Organization, email: str, *, by: Actor) -> None:
    """Whom a holder of a setup link names: told of everything in words, until an admin vouches for the address."""
    contact = _contact(organization, email, by)
    if insert_new(contact):
        events.record("it_contact.named", organization, contact, by=by, email=contact.email)


def change(contact: ItContact, *, by: Actor, wants_deadlines: bool, wants_alarms: bool) -> None:
    if (contact.wants_deadlines, contact.wants_alarms) != (wants_deadlines, wants_alarms):
        contact.wants_deadlines, contact.wants_alarms = wants_deadlines, wants_alarms
        events.record("it_contact.changed", contact.organization_id, contact, by=by, email=contact.email)


def trust(contact: ItContact, *, by: Actor) -> None:
    if not contact.trusted:
        contact.trusted_at = now()
        events.record("it_contact.trusted", contact.organization_id, contact, by=by, email=contact.email)


def remove(contact: ItContact, *, by: Actor) -> None:
    events.record("it_contact.removed", contact.organization_id, contact, by=by, email=contact.email)
    db.session.delete(contact)


def listed(organization: Organization) -> Sequence[ItContact]:
    return db.session.scalars(organization.it_contacts.select().order_by(ItContact.id)).all()


def get(organization: Organization, contact_id: uuid.UUID) -> ItContact | None:
    return db.session.scalars(organization.it_contacts.select().where(ItContact.id == contact_id)).one_or_none()


def _contact(organization: Organization, email: str, by: Actor) -> ItContact:
    email = users.checked(email)
    count = sa.select(sa.func.count()).where(ItContact.organization_id == organization.id)
    if (db.session.scalar(count) or 0) >= MOST:
        raise TooManyContacts
    return ItContact(id=new_id(), organization_id=organization.id, email=email, email_key=key(email), added_by=by.label)
