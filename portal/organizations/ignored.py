"""Attributes that IdPs send and nobody keeps: counted, so that support can say why a mapping shows no effect."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.extensions import db
from portal.models import Directory, IgnoredAttribute
from portal.models.base import new_id

MOST = 100
Place = tuple[uuid.UUID, uuid.UUID, str]
"""The organization, the directory, and the name."""


def record(counts: Mapping[Place, int], at: datetime) -> None:
    """One statement for all names, in one order, so that no two transactions wait for each other. Callers collect."""
    if not counts:
        return
    there = set(db.session.scalars(sa.select(Directory.id).where(Directory.id.in_({place[1] for place in counts}))))
    rows = [
        {
            "id": new_id(), "organization_id": place[0], "directory_id": place[1], "name": place[2], "times": counts[place],
            "last_seen_at": at,
        }
        for place in sorted(counts) if place[1] in there
    ]  # fmt: skip
    if not rows:
        return
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    fresh = insert(IgnoredAttribute).values(rows)
    more = {"times": IgnoredAttribute.times + fresh.excluded.times, "last_seen_at": fresh.excluded.last_seen_at}
    db.session.execute(
        fresh.on_conflict_do_update(index_elements=["organization_id", "directory_id", "name"], set_=more)
    )
    for directory_id in there:
        _keep_newest(directory_id)


def of(directory: Directory) -> Sequence[IgnoredAttribute]:
    """Those seen last, first."""
    ours = IgnoredAttribute.organization_id == directory.organization_id, IgnoredAttribute.directory_id == directory.id
    order = IgnoredAttribute.last_seen_at.desc(), IgnoredAttribute.name
    return db.session.scalars(sa.select(IgnoredAttribute).where(*ours).order_by(*order).limit(MOST)).all()


def _keep_newest(directory_id: uuid.UUID) -> None:
    """An IdP that makes names up fills no disk."""
    theirs = IgnoredAttribute.directory_id == directory_id
    order = IgnoredAttribute.last_seen_at.desc(), IgnoredAttribute.id.desc()
    kept = sa.select(IgnoredAttribute.id).where(theirs).order_by(*order).limit(MOST)
    db.session.execute(sa.delete(IgnoredAttribute).where(theirs, IgnoredAttribute.id.not_in(kept)))
