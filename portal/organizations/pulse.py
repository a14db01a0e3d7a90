"""How an identity provider is doing, from its recorded requests: the last one, the last that went wrong, and silence.

Providers send in bursts: requests less than ten minutes apart are one visit. What is usual is the pause that nineteen
of twenty keep to, so that nights count as usual and a lost token does not.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Exchange

SEEN = 200
VISIT = timedelta(minutes=10)
VISITS = 5  # fewer tell nothing of what is usual
TIMES = 3


@dataclass(frozen=True)
class Moment:
    """One recorded request, as far as its outcome goes."""

    at: datetime
    status: int
    problem: str
    code: str

    @property
    def failed(self) -> bool:
        """To be asked to wait, or for somebody who is gone, is part of a provider's day."""
        return self.status >= 400 and self.status != 429 and "with this id" not in self.problem


@dataclass(frozen=True)
class Pulse:
    """`last_problem` is the newest request that failed; `usual` is None while too little was seen."""

    last_at: datetime | None = None
    last_problem: Moment | None = None
    usual: timedelta | None = None

    @property
    def failing(self) -> bool:
        """The very last request went wrong."""
        return self.last_problem is not None and self.last_problem.at == self.last_at

    def silent_for(self, at: datetime) -> timedelta | None:
        """How long nothing came, where that is more than three times as long as usual."""
        if self.usual is None or self.last_at is None or at - self.last_at <= TIMES * self.usual:
            return None
        return at - self.last_at


def of(organization_id: uuid.UUID, source: sa.ColumnElement[bool]) -> Pulse:
    """`source` names the connection or directory: `Exchange.directory_id == …`. One look-up along an index."""
    latest = (
        sa.select(Exchange.at, Exchange.status, Exchange.problem, Exchange.code)
        .where(Exchange.organization_id == organization_id, source)
        .order_by(Exchange.id.desc())
        .limit(SEEN)
    )
    moments = [Moment(at, status, problem, code) for at, status, problem, code in db.session.execute(latest)]
    if not moments:
        return Pulse()
    wrong = next((moment for moment in moments if moment.failed), None)
    return Pulse(moments[0].at, wrong, usual([moment.at for moment in reversed(moments)]))


def usual(times: Sequence[datetime]) -> timedelta | None:
    """The pause between visits that nineteen of twenty keep to, from times in their order."""
    pauses = sorted(after - before for before, after in pairwise(times) if after - before > VISIT)
    return pauses[(len(pauses) * 19 - 1) // 20] if len(pauses) >= VISITS - 1 else None


def directory(organization_id: uuid.UUID, directory_id: uuid.UUID) -> Pulse:
    return of(organization_id, Exchange.directory_id == directory_id)


def connection(organization_id: uuid.UUID, connection_id: uuid.UUID) -> Pulse:
    return of(organization_id, Exchange.connection_id == connection_id)


def span(length: timedelta) -> str:
    """“3 days”, “14 hours”, “40 minutes”."""
    sizes = ((timedelta(days=1), "days"), (timedelta(hours=1), "hours"), (timedelta(minutes=1), "minutes"))
    size, name = next(((size, name) for size, name in sizes if length >= 2 * size), sizes[-1])
    return f"{length // size} {name}"
