"""One event per verb, in the verb's own transaction: the audit log, the outbox and the feed at once."""

import uuid
from typing import Protocol

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Event, Membership, Organization
from portal.models.base import new_id
from portal.organizations.actors import Actor


class Subject(Protocol):
    id: uuid.UUID


def record(
    name: str, organization: Organization | uuid.UUID | None, subject: Subject | None, /, *, by: Actor, **data: object
) -> Event:
    """`name` is `noun.done`, such as `member.suspended`; `data` holds plain JSON values and no secrets. What happened to a
    member says which person that is, so that the application needs no second question."""
    if isinstance(subject, Membership):
        data = {"user_id": str(subject.user_id), "email": subject.email} | data
    event = Event(
        id=new_id(),
        organization_id=organization.id if isinstance(organization, Organization) else organization,
        name=name,
        door=by.door.value,
        actor_id=by.id,
        actor_label=by.label,
        subject_type=type(subject).__name__ if subject else "",
        subject_id=subject.id if subject else None,
        subject_label=_label(subject)[:320],
        data=data,
    )
    db.session.add(event)
    return event


def recent(organization: Organization, *, before: uuid.UUID | None = None, limit: int = 50) -> list[Event]:
    """The newest first; `before` is the id of the last one seen."""
    found = organization.events.select().order_by(Event.id.desc()).limit(limit)
    if before:
        found = found.where(Event.id < before)
    return list(db.session.scalars(found))


def count(organization: Organization) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Event.organization_id == organization.id)) or 0


def _label(subject: Subject | None) -> str:
    for attribute in ("label", "name", "email"):
        if text := getattr(subject, attribute, None):
            return str(text)
    return ""
