"""Numbers of the whole installation, for whoever keeps it alive: from the database, so that every process says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    Delivery,
    DeliveryStatus,
    Directory,
    Event,
    Mail,
    Membership,
    Organization,
    Receipt,
    Session,
)
from portal.models.base import now
from portal.organizations import acknowledgements, backchannel

LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Measures:
    """`seconds_to_no_access` are quantiles of the last seven days; empty while nobody has left."""

    organizations: int
    members: Mapping[str, int]
    sessions: int
    directories: Mapping[str, int]
    deliveries: Mapping[str, int]
    waiting: Mapping[str, int]
    receipts: int
    overdue: int
    seconds_to_no_access: Mapping[str, float]


def take() -> Measures:
    alive = (Session.revoked_at.is_(None), Session.expires_at > now())
    return Measures(
        organizations=_count(sa.select(sa.func.count()).select_from(Organization)),
        members=_by(Membership.status),
        sessions=_count(sa.select(sa.func.count()).select_from(Session).where(*alive)),
        directories=_by(Directory.mode),
        deliveries=_by(Delivery.status, Delivery.status != DeliveryStatus.DELIVERED),
        waiting={
            "mail": _count(sa.select(sa.func.count()).where(Mail.sent_at.is_(None))),
            "logout": backchannel.waiting(),
            "event": _count(sa.select(sa.func.count()).where(Event.position.is_(None))),
        },
        receipts=_count(_lately(sa.select(sa.func.count()))),
        overdue=acknowledgements.count_overdue(),
        seconds_to_no_access=_quantiles(),
    )


def _quantiles() -> dict[str, float]:
    """The smallest time that so many of a hundred did not exceed (nearest rank)."""
    number = _count(_lately(sa.select(sa.func.count())))
    ordered = _lately(sa.select(Receipt.milliseconds)).order_by(Receipt.milliseconds)
    ranks = {"0.5": (number * 50 + 99) // 100, "0.95": (number * 95 + 99) // 100, "1": number}
    if not number:
        return {}
    return {name: (db.session.scalar(ordered.offset(rank - 1).limit(1)) or 0) / 1000 for name, rank in ranks.items()}


def _lately(query: "sa.Select[int]") -> "sa.Select[int]":
    return query.where(Receipt.access_off_at > now() - LOOKED_BACK)


def _by(column: "sa.orm.InstrumentedAttribute[object]", *which: sa.ColumnElement[bool]) -> dict[str, int]:
    rows = db.session.execute(sa.select(column, sa.func.count()).where(*which).group_by(column))
    return {str(row[0]): row[1] for row in rows}


def _count(query: "sa.Select[int]") -> int:
    return db.session.scalar(query) or 0
