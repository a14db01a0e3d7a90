"""How an identity provider is doing, from its recorded requests: the last one, the last that went wrong, and silence.

Providers send in bursts: requests less than ten minutes apart are one visit. What is usual is the pause that nineteen
of twenty keep to, so that nights count as usual and a lost token does not.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Connection, Directory, Exchange
from portal.words import ngettext

SEEN = 200
VISIT = timedelta(minutes=10)
VISITS = 5  # fewer tell nothing of what is usual
TIMES = 3
NOBODY = uuid.UUID(int=0)


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


def of(organization_id: uuid.UUID, connection: Connection | None, directory: Directory | None) -> tuple[Pulse, Pulse]:
    """Of the connection and of the directory, in one look-up along their two indexes; of what is not there, an empty one."""
    signing_in = _latest(organization_id, Exchange.connection_id, connection, "sign-in")
    provisioning = _latest(organization_id, Exchange.directory_id, directory, "provisioning")
    every: sa.CompoundSelect[Any] = sa.union_all(signing_in, provisioning)
    moments: dict[str, list[Moment]] = {"sign-in": [], "provisioning": []}
    if connection or directory:
        for row in db.session.execute(every):
            name, at, status, problem, code = tuple(row)
            moments[name].append(Moment(at, status, problem, code))
    return _pulse(moments["sign-in"]), _pulse(moments["provisioning"])


def _latest(
    organization_id: uuid.UUID,
    column: sa.SQLColumnExpression[uuid.UUID | None],
    source: Connection | Directory | None,
    name: str,
) -> sa.SelectBase:
    newest = (
        sa.select(sa.literal(name).label("name"), Exchange.at, Exchange.status, Exchange.problem, Exchange.code)
        .where(Exchange.organization_id == organization_id, column == (source.id if source else NOBODY))
        .order_by(Exchange.id.desc())
        .limit(SEEN)
        .subquery()
    )
    return sa.select(newest)


def _pulse(moments: Sequence[Moment]) -> Pulse:
    """Of no moments, nothing is known."""
    if not moments:
        return Pulse()
    ordered = sorted(moments, key=lambda one: one.at)
    wrong = next((moment for moment in reversed(ordered) if moment.failed), None)
    return Pulse(ordered[-1].at, wrong, usual([moment.at for moment in ordered]))


def usual(times: Sequence[datetime]) -> timedelta | None:
    """The pause between visits that nineteen of twenty keep to, from times in their order."""
    pauses = sorted(after - before for before, after in pairwise(times) if after - before > VISIT)
    return pauses[(len(pauses) * 19 - 1) // 20] if len(pauses) >= VISITS - 1 else None


def span(length: timedelta) -> str:
    """“3 days”, “14 hours”, “40 minutes”."""
    if length >= 2 * timedelta(days=1):
        return ngettext("%(num)s day", "%(num)s days", length // timedelta(days=1))
    if length >= 2 * timedelta(hours=1):
        return ngettext("%(num)s hour", "%(num)s hours", length // timedelta(hours=1))
    return ngettext("%(num)s minute", "%(num)s minutes", length // timedelta(minutes=1))
