"""Receipts of offboarding: when somebody's access was to end, ended, was told to the application, and was acknowledged.

The row is written with the change itself. What becomes of it afterwards is read from the outboxes, which keep their own
times, by the worker: no IdP waits for it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Grant, Membership, Organization, Receipt
from portal.models.base import new_id, now
from portal.organizations import backchannel, events, offboarding
from portal.organizations.actors import Actor
from portal.words import _, said


def leave(membership: Membership, deed: str, *, by: Actor) -> Receipt:
    """End the access, and leave the event and the receipt of it."""
    receipt_id = new_id()
    ended = offboarding.end_access(membership, receipt_id)
    said = {"sessions_ended": ended.sessions, "receipt_id": str(receipt_id)}
    event = events.record(deed, membership.organization_id, membership, by=by, **said)
    at = now()
    since = by.since or at
    receipt = Receipt(
        id=receipt_id, organization_id=membership.organization_id, membership_id=membership.id,
        user_id=membership.user_id, event_id=event.id, name=membership.name, email=membership.email,
        deed=deed.partition(".")[2], door=by.door.value, actor_label=by.label, requested_at=since, access_off_at=at,
        milliseconds=round((at - since).total_seconds() * 1000),
        sessions_ended=ended.sessions, sign_ins_ended=ended.sign_ins, keys_ended=ended.keys,
    )  # fmt: skip
    db.session.add(receipt)
    return receipt


def listed(organization: Organization) -> "sa.Select[Receipt]":
    return sa.select(Receipt).where(Receipt.organization_id == organization.id)


def recent(organization: Organization, *, before: uuid.UUID | None = None, limit: int = 50) -> Sequence[Receipt]:
    """The newest first."""
    found = listed(organization).order_by(Receipt.id.desc()).limit(limit)
    return db.session.scalars(found.where(Receipt.id < before) if before else found).all()


def get(organization: Organization, receipt_id: uuid.UUID) -> Receipt | None:
    return db.session.scalars(listed(organization).where(Receipt.id == receipt_id)).one_or_none()


def acknowledge(receipt: Receipt, *, by: Actor) -> None:
    """The application says that it has acted, in so many words."""
    if receipt.acknowledged_at is None:
        receipt.told_at = receipt.told_at or now()
        receipt.acknowledged_at, receipt.acknowledged_by = now(), by.label[:320]


@dataclass(frozen=True)
class Step:
    """A line of the receipt; without a time it has not happened yet."""

    name: str
    words: str
    at: datetime | None
    detail: str = ""


def steps(receipt: Receipt) -> list[Step]:
    """In the order they follow each other."""
    off = receipt.access_off_at
    ended = _(
        "%(sessions)s sessions, %(sign_ins)s sign-ins to applications, %(keys)s API keys",
        sessions=receipt.sessions_ended, sign_ins=receipt.sign_ins_ended, keys=receipt.keys_ended,
    )  # fmt: skip
    nobody = (
        _("No application listens: it learns of this when its access token ends.") if receipt.expected is False else ""
    )
    return [
        Step("request_in", _("The request came in"), receipt.requested_at, receipt.actor_label),
        Step("access_off", _("Access was off"), off, _("%(milliseconds)s ms later", milliseconds=receipt.milliseconds)),
        Step("sessions_ended", _("Sessions and keys were ended"), off, ended),
        Step("application_told", _("The application was told"), receipt.told_at, nobody),
        Step(
            "application_acknowledged",
            _("The application acknowledged it"),
            receipt.acknowledged_at,
            said(receipt.acknowledged_by),
        ),
    ]


def logouts(receipt: Receipt) -> Sequence[Grant]:
    """The application's own sessions that were to end: one logout token each."""
    return backchannel.of_receipts([receipt.id])
