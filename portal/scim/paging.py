"""Pages of a list: by index, from 1 (RFC 7644 §3.4.2.4), or by cursor (RFC 9865); stable because ids sort by time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.models import Place
from portal.models.engine import reader
from portal.scim import filters, reading
from portal.scim.attributes import Kind
from portal.scim.cursors import Cursor
from portal.scim.expressions import Compiler
from portal.scim.queries import Query
from portal.scim.rendering import Selection


@dataclass(frozen=True)
class Page:
    """`where` says where in the list it is, in the words of the answer."""

    rows: Sequence[Any]
    total: int
    where: dict[str, int | str]


def read(place: Place, kind: Kind, query: Query, selection: Selection) -> Page:
    compiler = Compiler(kind, reading.MODELS[kind.name], lenient=query.at_root)
    node = filters.parse(query.filter) if query.filter is not None else None
    if node is not None and (page := _looked_up(compiler, node, place, query, selection)):
        return page
    found = reading.statement(place, kind, selection)
    if node is not None:
        found = found.where(compiler.condition(node))
    by = compiler.order(query.sort_by) if query.sort_by else None
    page = _by_index(compiler, found, query, by) if query.cursor is None else _by_cursor(compiler, found, query, by)
    first = query.start == 1 and not query.cursor
    total = len(page.rows) if first and len(page.rows) < query.count else _count(compiler, found)
    return Page(page.rows, total, page.where)


def _looked_up(compiler: Compiler, node: filters.Node, place: Place, query: Query, selection: Selection) -> Page | None:
    """None where it is no look-up of one value, or does not fit on one page."""
    sought = compiler.look_up(node) if query.whole and not query.sort_by else None
    if sought is None:
        return None
    rows = reading.matching(place, compiler.kind, *sought, selection, most=query.count + 1)
    return Page(rows, len(rows), {"startIndex": 1}) if len(rows) <= query.count else None


def _count(compiler: Compiler, found: "sa.Select[Any]") -> int:
    counted = found.with_only_columns(sa.func.count(), maintain_column_froms=True)
    return reader().scalar(counted) or 0


def _by_index(compiler: Compiler, found: "sa.Select[Any]", query: Query, by: Any) -> Page:
    """Only ids are counted off; wide rows are read for the page alone."""
    where: dict[str, int | str] = {"startIndex": query.start}
    if not query.count:
        return Page((), 0, where)
    row_id = compiler.row.__table__.c.id
    order = _order(row_id, query, by)
    if query.start > 1:
        chosen = found.with_only_columns(row_id, maintain_column_froms=True).order_by(*order)
        found = found.where(row_id.in_(chosen.offset(query.start - 1).limit(query.count).scalar_subquery()))
    return Page(reader().execute(found.order_by(*order).limit(query.count)).all(), 0, where)


def _by_cursor(compiler: Compiler, found: "sa.Select[Any]", query: Query, by: Any) -> Page:
    """One row more than asked for tells whether there is a next page."""
    row_id = compiler.row.__table__.c.id
    cursor = Cursor.read(query)
    if by is not None:
        found = found.add_columns(by.label("sorted_by"))
    rest = found.where(cursor.after(row_id, by)) if cursor.last else found
    rows = reader().execute(rest.order_by(*_order(row_id, query, by)).limit(query.count + 1)).all()
    if len(rows) <= query.count or not query.count:
        return Page(rows[: query.count], 0, {})
    last = rows[query.count - 1]
    return Page(rows[: query.count], 0, {"nextCursor": cursor.at(last).text()})


def _order(row_id: Any, query: Query, by: Any) -> tuple[Any, ...]:
    """What has no value comes last, or first when descending (RFC 7644 §3.4.2.3); ids decide among equals."""
    if by is None:
        return (row_id,)
    return (by.is_not(None), by.desc(), row_id) if query.descending else (by.is_(None), by, row_id)
