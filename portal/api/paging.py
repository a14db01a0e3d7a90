"""Pages of a list: `after` is the cursor the last page gave as `next`, so that a page deep in costs what the first one costs."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import sqlalchemy as sa
from pydantic import Field

from portal.api.speaking import Asked, Shape
from portal.extensions import db

Row = TypeVar("Row")
Said = TypeVar("Said", bound=Shape)


class Listing(Asked):
    """`limit` rows at most, behind the one that `after` names."""

    limit: int = Field(50, ge=1, le=200)
    after: uuid.UUID | None = None


class Page(Shape, Generic[Said]):
    """`next` is the cursor of the next page; null at the end."""

    data: list[Said]
    next: str | None = None


@dataclass(frozen=True)
class Rows(Generic[Row]):
    data: Sequence[Row]
    next: str | None = None


def page(found: "sa.Select[Row]", column: "sa.orm.InstrumentedAttribute[uuid.UUID]", asked: Listing) -> "Rows[Row]":
    """In the order of `column`, an id that sorts by time."""
    found = found.order_by(column).limit(asked.limit + 1)
    if asked.after:
        found = found.where(column > asked.after)
    rows = db.session.scalars(found).all()
    more = str(getattr(rows[asked.limit - 1], column.key)) if len(rows) > asked.limit else None
    return Rows(rows[: asked.limit], more)


def whole(rows: Sequence[Row]) -> "Rows[Row]":
    """A list that is short by nature, such as the domains of an organization."""
    return Rows(rows)
