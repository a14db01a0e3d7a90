"""When a directory takes many people away at once: noticed as each of them goes, by an index, in the same transaction.

More than five and more than a fifth of the members within an hour make a batch. It raises an alarm; where the organization
chose so, the rest of its people stay until somebody confirms (docs/decisions/departures.md).
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Batch, Departure, Ending, Membership, Organization, Status
from portal.models.base import new_id, now
from portal.models.engine import insert
from portal.organizations import audience, events, organizations
from portal.organizations.actors import Actor
from portal.organizations.audience import Matter
from portal.settings import current
from portal.words import _, ngettext

WINDOW = timedelta(hours=1)
MOST, SHARE = 5, 5  # more than five people, and more than a fifth


def allow(membership: Membership, ending: Ending, *, by: Actor) -> bool:
    """Asked before an active person's access ends. False: the person stays until somebody confirms."""
    if not by.is_directory:
        return True
    at = now()
    batch, others = _look(membership, at)
    if batch is None and (others < MOST or not _is_large(membership.organization_id, others + 1)):
        return True
    if batch is None:
        batch = _raise(membership, by, others + 1, at)
    _put(batch, membership, ending, at)
    return not batch.held


def _look(membership: Membership, at: datetime) -> tuple[Batch | None, int]:
    """The batch this person belongs to, and where there is none, how many others the directory took in the last hour."""
    organization_id = membership.organization_id
    in_it = sa.exists().where(
        Departure.organization_id == organization_id,
        Departure.batch_id == Batch.id,
        Departure.membership_id == membership.id,
    )
    ours = sa.and_(
        Batch.organization_id == organization_id,
        Batch.settled_at.is_(None),
        sa.or_(Batch.until_at > at, sa.and_(Batch.held, in_it)),
    )
    others = sa.select(sa.func.count()).where(*_recent(organization_id, at), Batch.id.is_(None)).correlate(Batch)
    always = sa.select(sa.literal(1).label("one")).subquery()
    query = sa.select(Batch, others.scalar_subquery()).select_from(always).outerjoin(Batch, ours)
    found = db.session.execute(query.order_by(Batch.id.desc()).limit(1)).one()
    return found[0], found[1]


def _is_large(organization_id: uuid.UUID, left: int) -> bool:
    """Whether `left` people are more than a fifth of those who were there: then fewer than four times as many remain. One
    look at the index, as far along as needed."""
    remaining = sa.select(Membership.id).where(
        Membership.organization_id == organization_id, Membership.status == Status.ACTIVE
    )
    enough = remaining.order_by(Membership.id).offset((SHARE - 1) * left).limit(1)  # who is leaving is still among them
    return db.session.scalars(enough).first() is None


def _raise(membership: Membership, by: Actor, left: int, at: datetime) -> Batch:
    """The row of the organization lets one of several simultaneous requests raise the alarm."""
    organization = membership.organization
    organizations.lock(organization)
    again, _left = _look(membership, at)
    if again is not None:
        return again
    batch = Batch(
        id=new_id(), organization_id=organization.id, source=by.label, source_id=by.id, raised_at=at, until_at=at + WINDOW,
        held=organization.hold_large_batches, members=organizations.count_members(organization) + left - 1,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    _take_in(batch, at)
    name = "batch.held" if batch.held else "batch.raised"
    events.record(name, organization, batch, by=by, left=left, members=batch.members)
    _tell(organization, batch, left)
    return batch


def _take_in(batch: Batch, at: datetime) -> None:
    """Those who went in the hour before."""
    ending = sa.case((Membership.status == Status.REMOVED, Ending.REMOVED.value), else_=Ending.SUSPENDED.value)
    before = sa.select(
        Membership.organization_id,
        sa.literal(batch.id, sa.Uuid),
        Membership.id,
        ending,
        sa.false(),
        Membership.ended_at,
    ).where(*_recent(batch.organization_id, at))
    columns = ["organization_id", "batch_id", "membership_id", "ending", "held", "at"]
    db.session.execute(sa.insert(Departure.__table__).from_select(columns, before))  # type: ignore[arg-type]


def _put(batch: Batch, membership: Membership, ending: Ending, at: datetime) -> None:
    """Who is in it already stays as they are; what the directory asks for last counts."""
    row = insert(Departure).values(
        organization_id=batch.organization_id, batch_id=batch.id, membership_id=membership.id, ending=ending,
        held=batch.held, at=at,
    )  # fmt: skip
    key = [Departure.organization_id, Departure.batch_id, Departure.membership_id]
    db.session.execute(row.on_conflict_do_update(index_elements=key, set_={"ending": ending, "held": batch.held}))
    if batch.until_at < at + WINDOW / 2:
        batch.until_at = at + WINDOW


def _recent(organization_id: uuid.UUID, at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """By `ix_memberships_ended`."""
    return (
        Membership.organization_id == organization_id,
        Membership.ended_at > at - WINDOW,
        Membership.suspended_by_directory.is_(True),
    )


def _tell(organization: Organization, batch: Batch, left: int) -> None:
    leaders = audience.leaders(organization.id, gone_since=batch.raised_at - WINDOW)
    audience.tell(leaders, lambda: _composed(organization, batch, left, _to_leaders(organization, batch)))
    contacts = audience.contacts(organization.id, Matter.ALARMS)
    audience.tell(contacts, lambda: _composed(organization, batch, left, _to_contacts(organization, batch)))


def _composed(organization: Organization, batch: Batch, left: int, deed: str) -> tuple[str, str]:
    subject = ngettext(
        "%(num)s people of %(organization)s are leaving within an hour",
        "%(num)s people of %(organization)s are leaving within an hour", left, organization=organization.name,
    )  # fmt: skip
    what = _(
        "The directory “%(directory)s” asked us to end the access of %(left)s of %(members)s people within an hour, and may "
        "ask for more. That may be right, for instance when a department leaves. It may also be an assignment that somebody "
        "removed by mistake.",
        directory=batch.source, left=left, members=batch.members,
    )  # fmt: skip
    return subject, f"{what}\n\n{deed}\n"


def _to_leaders(organization: Organization, batch: Batch) -> str:
    url = f"{current().public_url}/organizations/{organization.slug}/batches/{batch.id}"
    if batch.held:
        return _(
            "Further people stay active until you decide. See who they are, and confirm or keep them:\n%(url)s", url=url
        )
    return _("Nothing of theirs is lost. See who they are, and bring everybody back with one button:\n%(url)s", url=url)


def _to_contacts(organization: Organization, batch: Batch) -> str:
    if batch.held:
        return _(
            "Further people stay active until you decide. If it is a mistake, put it right in the directory, and tell an "
            "admin of %(organization)s, who can confirm or keep them.",
            organization=organization.name,
        )
    return _(
        "Nothing of theirs is lost. If it is a mistake, put it right in the directory, and tell an admin of "
        "%(organization)s, who can bring everybody back with one button.",
        organization=organization.name,
    )
