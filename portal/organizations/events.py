"""One event per verb, in the verb's own transaction: the audit log, the outbox and the feed at once."""

import uuid
from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Event, Membership, Organization
from portal.models.base import new_id
from portal.models.engine import insert_rows
from portal.organizations.actors import Actor


class Subject(Protocol):
    @property
    def id(self) -> uuid.UUID: ...


class Member(Subject, Protocol):
    """What is told of a member: the object, or a row of it."""

    @property
    def user_id(self) -> uuid.UUID: ...
    @property
    def email(self) -> str: ...
    @property
    def label(self) -> str: ...


def record(
    name: str, organization: Organization | uuid.UUID | None, subject: Subject | None, /, *, by: Actor, **data: object
) -> Event:
    """`name` is `noun.done`, such as `member.suspended`; `data` holds plain JSON values and no secrets."""
    organization_id = organization.id if isinstance(organization, Organization) else organization
    event = Event(id=new_id(), **_common(name, organization_id, by), **_about(subject, data))
    db.session.add(event)
    return event


def record_members(
    name: str, organization_id: uuid.UUID, told: Sequence[tuple[Member, dict[str, object]]], /, *, by: Actor
) -> None:
    """The same of many members at once, each with its data: by one statement, after what was recorded before."""
    db.session.flush()
    common = _common(name, organization_id, by)
    insert_rows(Event, [common | _about_member(member, data) for member, data in told])


def recent(organization: Organization, *, before: uuid.UUID | None = None, limit: int = 50) -> list[Event]:
    """The newest first; `before` is the id of the last one seen."""
    found = organization.events.select().order_by(Event.id.desc()).limit(limit)
    if before:
        found = found.where(Event.id < before)
    return list(db.session.scalars(found))


def count(organization: Organization) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Event.organization_id == organization.id)) or 0


def _common(name: str, organization_id: uuid.UUID | None, by: Actor) -> dict[str, object]:
    return {
        "organization_id": organization_id, "name": name, "door": by.door.value, "actor_id": by.id, "actor_label": by.label,
    }  # fmt: skip


def _about(subject: Subject | None, data: dict[str, object]) -> dict[str, object]:
    if isinstance(subject, Membership):
        return _about_member(subject, data)
    return {
        "subject_type": type(subject).__name__ if subject else "", "subject_id": subject.id if subject else None,
        "subject_label": _label(subject)[:320], "data": data,
    }  # fmt: skip


def _about_member(member: Member, data: dict[str, object]) -> dict[str, object]:
    """It says which person that is, so that the application needs no second question."""
    return {
        "subject_type": Membership.__name__, "subject_id": member.id, "subject_label": member.label[:320],
        "data": {"user_id": str(member.user_id), "email": member.email} | data,
    }  # fmt: skip


def _label(subject: Subject | None) -> str:
    for attribute in ("label", "name", "email"):
        if text := getattr(subject, attribute, None):
            return str(text)
    return ""
