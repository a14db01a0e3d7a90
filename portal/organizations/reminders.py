"""Telling people in time what ends: 60, 30, 14, 7 and 1 days before, each notice once, however often and by however many
workers one looks. Also that people are still held, every day until somebody decides."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Batch, Organization, Reminder
from portal.models.base import new_id, now
from portal.models.engine import insert_new
from portal.organizations import audience, calendar, events, exchanges, setup_links
from portal.organizations.actors import Actor, Door
from portal.organizations.audience import Matter
from portal.organizations.calendar import DAYS, Deadline
from portal.settings import current
from portal.words import _, day, in_english

EVERY = timedelta(hours=1)
BATCH = 50
REMEMBERED = timedelta(days=90)
RENEW = "renew"
HELD = "held"
CLOCK = Actor(Door.WORKER, "", "Calendar")


def take_due() -> Sequence[Organization]:
    """Organizations whose calendar nobody looked at for an hour; another worker finds others."""
    at = now()
    due = sa.or_(Organization.calendar_at.is_(None), Organization.calendar_at <= at - EVERY)
    query = sa.select(Organization).where(due).order_by(Organization.calendar_at).limit(BATCH)
    taken = db.session.scalars(query.with_for_update(skip_locked=True, of=Organization)).all()
    for organization in taken:
        organization.calendar_at = at
    return taken


def send(organizations: Sequence[Organization]) -> None:
    """One mail for each organization, of everything that is due there."""
    at, ids = now(), [organization.id for organization in organizations]
    by_id = {organization.id: organization for organization in organizations}
    due: dict[uuid.UUID, list[Deadline]] = {}
    for deadline in calendar.ahead(ids, timedelta(days=max(DAYS))):
        days = deadline.due(at)
        if days and _once(deadline.organization_id, deadline.kind.value, deadline.key, days, deadline.ends_at):
            due.setdefault(deadline.organization_id, []).append(deadline)
            _record(by_id[deadline.organization_id], deadline, days)
    for organization_id, deadlines in due.items():
        _tell(by_id[organization_id], deadlines, at)
    for batch in _waiting(ids):
        _nag(by_id[batch.organization_id], batch, at)
    exchanges.prune_all(ids)
    forgotten = Reminder.organization_id.in_(ids), Reminder.ends_at < at - REMEMBERED
    db.session.execute(sa.delete(Reminder).where(*forgotten))


def _once(organization_id: uuid.UUID, kind: str, key: str, days: int, ends_at: datetime) -> bool:
    """The database judges whether this was said."""
    row = Reminder(id=new_id(), organization_id=organization_id, kind=kind, key=key, days=days, ends_at=ends_at)
    return insert_new(row)


def _record(organization: Organization, deadline: Deadline, days: int) -> None:
    with in_english():
        thing = deadline.what
    events.record(
        "organization.deadline_near", organization, None, by=CLOCK,
        kind=deadline.kind.value, thing=thing, ends_at=deadline.ends_at.isoformat(), days=days,
    )  # fmt: skip


def _tell(organization: Organization, deadlines: Sequence[Deadline], at: datetime) -> None:
    here = partial(_composed, organization, deadlines, at)
    url = f"{current().public_url}/setup/{organization.slug}/renewal"
    audience.tell(audience.owners(organization.id), lambda: here(_("See to it here:\n%(url)s", url=url)))
    contacts = audience.contacts(organization.id, Matter.DEADLINES)
    trusted = [contact for contact in contacts if contact.trusted]
    link = _link(organization, deadlines, at) if trusted else ""
    audience.tell(trusted, lambda: here(_("See to it here, without an account:\n%(url)s", url=link)))
    others = [contact for contact in contacts if not contact.trusted]
    name = organization.name
    audience.tell(others, lambda: here(_("Ask an admin of %(organization)s for a link to do so.", organization=name)))


def _composed(
    organization: Organization, deadlines: Sequence[Deadline], at: datetime, deed: str
) -> tuple[str, str]:  # fmt: skip
    first, more = deadlines[0].said(at), len(deadlines) - 1
    if more:
        first = _("%(deadline)s, and %(more)s more", deadline=first, more=more)
    what = "\n\n".join(f"{one.said(at)}.\n{one.deed}" for one in deadlines)
    return f"{organization.name}: {first}", f"{what}\n\n{deed}\n"


def _link(organization: Organization, deadlines: Sequence[Deadline], at: datetime) -> str:
    """To contacts whom an admin vouches for: it opens the renewal of this, and nothing else."""
    left = (min(one.ends_at for one in deadlines) - at).days
    days = min(30, max(7, left))
    _row, url = setup_links.create(organization, by=CLOCK, scopes=[RENEW], days=days, may_go_live=True)
    return url


def _waiting(ids: Sequence[uuid.UUID]) -> Sequence[Batch]:
    ours = sa.select(Batch).where(Batch.organization_id.in_(ids), Batch.held, Batch.settled_at.is_(None))
    return db.session.scalars(ours.order_by(Batch.id)).all()


def _nag(organization: Organization, batch: Batch, at: datetime) -> None:
    days = (at - batch.raised_at).days
    if days < 1 or not _once(organization.id, HELD, str(batch.id), days, at):
        return
    url = f"{current().public_url}/organizations/{organization.slug}/batches/{batch.id}"
    audience.tell(audience.leaders(organization.id), lambda: _still_waiting(organization, batch, url))


def _still_waiting(organization: Organization, batch: Batch, url: str) -> tuple[str, str]:
    name = organization.name
    return _("People of %(organization)s still wait for your decision", organization=name), _(
        "The directory “%(directory)s” wants to end the access of people of %(organization)s. Because they are many, they stay "
        "active until somebody decides, since %(day)s.\n\nSee who they are, and decide:\n%(url)s\n",
        directory=batch.source, organization=name, day=day(batch.raised_at), url=url,
    )  # fmt: skip
