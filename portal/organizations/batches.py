"""What becomes of a batch of departures: everybody back with one button, or: it was right."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import Applied, Batch, Departure, DirectoryUser, Ending, Membership, Organization, Outcome, Status
from portal.models.base import now
from portal.organizations import events, members
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import BatchSettled, NoFreeSeat

CHUNK = 400
SHOWN = 200

One = TypeVar("One")


@dataclass(frozen=True)
class Counts:
    """`out` have no access any more, `held` still have it and are to lose it, `back` have it and are to keep it."""

    total: int
    out: int
    held: int

    @property
    def back(self) -> int:
        return self.total - self.out - self.held


def open_ones(organization: Organization) -> Sequence[Batch]:
    """The newest first."""
    ours = organization.batches.select().where(Batch.settled_at.is_(None))
    return db.session.scalars(ours.order_by(Batch.raised_at.desc())).all()


def open_anywhere(limit: int = 25) -> Sequence[Batch]:
    """For support."""
    query = sa.select(Batch).options(joinedload(Batch.organization, innerjoin=True)).where(Batch.settled_at.is_(None))
    return db.session.scalars(query.order_by(Batch.id.desc()).limit(limit)).all()


def get(organization: Organization, batch_id: uuid.UUID) -> Batch | None:
    return db.session.scalars(organization.batches.select().where(Batch.id == batch_id)).one_or_none()


def counts(batch: Batch) -> Counts:
    out, held = (sa.func.count().filter(which) for which in (_out(batch), _held()))
    query = sa.select(sa.func.count(), out, held).select_from(Membership).join(Departure, _same(batch))
    return Counts(*tuple(db.session.execute(query).one()))


def people(batch: Batch, limit: int = SHOWN) -> Sequence[Membership]:
    """Who is concerned still first, then who is back."""
    concerned = sa.or_(_out(batch), _held())
    ours = _of(batch, sa.select(Membership)).order_by(sa.case((concerned, 0), else_=1), Membership.name, Membership.id)
    return db.session.scalars(ours.limit(limit)).all()


def restore(batch: Batch, *, by: Actor) -> int:
    """Everybody has access as before, and what the directory said of them is set aside until it says something new.
    Returns how many could not come back because every seat is taken."""
    _lock(batch)
    if batch.outcome is Outcome.RESTORED:
        raise BatchSettled
    seatless = brought = 0
    for chunk in _chunks(batch, sa.or_(_out(batch), _held())):
        _set_aside(batch, [membership.id for membership in chunk])
        for membership in chunk:
            if membership.active:
                continue
            try:
                members.bring_back(membership, by=by)
                brought += 1
            except NoFreeSeat:
                seatless += 1
    batch.settle(Outcome.RESTORED, by.label, now())
    events.record("batch.restored", batch.organization_id, batch, by=by, people=brought, seatless=seatless)
    return seatless


def confirm(batch: Batch, *, by: Actor) -> None:
    """It was right: who was held leaves now, by the directory's word."""
    _lock(batch)
    if batch.settled_at:
        raise BatchSettled
    directory = Actor(Door.SCIM, batch.source_id, batch.source)
    ended = 0
    for chunk in _chunks(batch, _held()):
        removed = set(_removals(batch, chunk))
        for membership in chunk:
            end = members.remove if membership.id in removed else members.suspend
            end(membership, by=directory, confirmed=True)
            ended += 1
        _applied(batch, [membership.id for membership in chunk])
    batch.settle(Outcome.CONFIRMED, by.label, now())
    events.record("batch.confirmed", batch.organization_id, batch, by=by, people=ended)


def _lock(batch: Batch) -> None:
    """Two people may press at once."""
    ours = sa.select(Batch).where(Batch.organization_id == batch.organization_id, Batch.id == batch.id)
    db.session.execute(ours.with_for_update().execution_options(populate_existing=True))


def _of(batch: Batch, query: "sa.Select[One]") -> "sa.Select[One]":
    return query.select_from(Membership).join(Departure, _same(batch))


def _same(batch: Batch) -> sa.ColumnElement[bool]:
    return sa.and_(
        Departure.organization_id == batch.organization_id,
        Departure.batch_id == batch.id,
        Departure.organization_id == Membership.organization_id,
        Departure.membership_id == Membership.id,
    )


def _out(batch: Batch) -> sa.ColumnElement[bool]:
    """Whose access this batch ended: not those who came back since, and left another time."""
    end = batch.settled_at or batch.until_at
    return sa.and_(Membership.status != Status.ACTIVE, Membership.suspended_by_directory, Membership.ended_at <= end)


def _held() -> sa.ColumnElement[bool]:
    """Whom the directory still wants gone: it may have changed its mind meanwhile."""
    wanted = sa.exists().where(
        DirectoryUser.organization_id == Membership.organization_id,
        DirectoryUser.membership_id == Membership.id,
        sa.or_(DirectoryUser.active, DirectoryUser.set_aside_at.is_not(None)),
    )
    return sa.and_(Departure.held, Membership.status == Status.ACTIVE, ~wanted)


def _chunks(batch: Batch, which: sa.ColumnElement[bool]) -> Iterator[Sequence[Membership]]:
    last: uuid.UUID | None = None
    while True:
        ours = _of(batch, sa.select(Membership)).where(which).order_by(Membership.id).limit(CHUNK)
        chunk = db.session.scalars(ours.where(Membership.id > last) if last else ours).all()
        if not chunk:
            return
        yield chunk
        db.session.flush()
        last = chunk[-1].id


def _set_aside(batch: Batch, ids: Sequence[uuid.UUID]) -> None:
    theirs = (DirectoryUser.organization_id == batch.organization_id, DirectoryUser.membership_id.in_(ids))
    silenced = sa.update(DirectoryUser).where(*theirs, DirectoryUser.active.is_(False))
    db.session.execute(silenced.values(set_aside_at=now()))
    _applied(batch, ids)


def _applied(batch: Batch, ids: Sequence[uuid.UUID]) -> None:
    theirs = (DirectoryUser.organization_id == batch.organization_id, DirectoryUser.membership_id.in_(ids))
    held = sa.update(DirectoryUser).where(*theirs, DirectoryUser.applied == Applied.HELD)
    db.session.execute(held.values(applied=Applied.APPLIED, problem=""))


def _removals(batch: Batch, chunk: Sequence[Membership]) -> Sequence[uuid.UUID]:
    removed = _of(batch, sa.select(Membership.id)).where(Departure.ending == Ending.REMOVED)
    return db.session.scalars(removed.where(Membership.id.in_([one.id for one in chunk]))).all()
