"""Pages of a list (RFC 7644 §3.4.2.4): by index, from 1, with the total; stable because ids sort by time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Directory, DirectoryGroup, DirectoryUser
from portal.scim import filters
from portal.scim.attributes import Kind
from portal.scim.errors import invalid_value
from portal.scim.expressions import Compiler, Row
from portal.settings import current

DEFAULT = 100


@dataclass(frozen=True)
class Query:
    """What an IdP asks of a list, from the address or from the body of /.search."""

    filter: str | None = None
    sort_by: str = ""
    descending: bool = False
    start: int = 1
    count: int = DEFAULT

    @classmethod
    def read(cls, given: Mapping[str, object]) -> "Query":
        return cls(
            filter=str(given["filter"]) if given.get("filter") is not None else None,
            sort_by=str(given.get("sortBy") or ""),
            descending=str(given.get("sortOrder") or "").lower() == "descending",
            start=max(1, _number(given, "startIndex", 1)),
            count=min(max(0, _number(given, "count", DEFAULT)), current().scim_max_results),
        )


@dataclass(frozen=True)
class Page:
    rows: list[DirectoryUser] | list[DirectoryGroup]
    total: int


def read(directory: Directory, kind: Kind, row: Row, query: Query) -> Page:
    compiler = Compiler(kind, row)
    ours = [row.organization_id == directory.organization_id, row.directory_id == directory.id]
    if query.filter is not None:
        ours.append(compiler.condition(filters.parse(query.filter)))
    rows = list(db.session.scalars(_one_page(compiler, query, sa.select(row).where(*ours)))) if query.count else []
    if query.start == 1 and len(rows) < query.count:
        return Page(rows, len(rows))
    return Page(rows, db.session.scalar(sa.select(sa.func.count()).select_from(row).where(*ours)) or 0)


def _one_page(compiler: Compiler, query: Query, found: "sa.Select[Any]") -> "sa.Select[Any]":
    if query.sort_by:
        by = compiler.order(query.sort_by)
        found = found.order_by(
            by.is_(None) if not query.descending else by.is_not(None), by.desc() if query.descending else by
        )
    return found.order_by(compiler.row.id).offset(query.start - 1).limit(query.count)


def _number(given: Mapping[str, object], name: str, otherwise: int) -> int:
    value = given.get(name)
    if value is None or value == "":
        return otherwise
    try:
        return min(max(int(str(value)), -1), 2**31)
    except ValueError:
        raise invalid_value(f"{name} must be a whole number.") from None
