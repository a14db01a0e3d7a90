"""What of an organization cannot wait: people who left at once, a vacant owner's seat, what ends soon."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Batch, Connection, Organization
from portal.organizations import calendar, vacancies
from portal.organizations.calendar import SOON, Deadline


@dataclass(frozen=True)
class Attention:
    batches: Sequence[Batch]
    vacant: bool
    deadlines: Sequence[Deadline]


def of(organization: Organization, connections: Sequence[Connection] | None = None) -> Attention:
    """Three look-ups, for the top of every page; two where the connections are at hand."""
    always = sa.select(sa.literal(1).label("one")).subquery()
    ours = sa.and_(Batch.organization_id == organization.id, Batch.settled_at.is_(None))
    query = sa.select(vacancies.condition(organization.id), Batch).select_from(always).outerjoin(Batch, ours)
    rows = db.session.execute(query.order_by(Batch.raised_at.desc())).all()
    found = [batch for _, batch in rows if batch]
    return Attention(found, bool(rows[0][0]), calendar.ahead([organization.id], SOON, connections=connections))
