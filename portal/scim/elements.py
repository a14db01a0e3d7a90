"""“One of the elements of this list”, on each database: the one place where their JSON differs."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from portal.extensions import db
from portal.models import DirectoryGroup, DirectoryUser
from portal.scim import measures
from portal.scim.attributes import BOOLEAN, DATE, NUMBER
from portal.scim.comparing import Sql

Part = Callable[[str, str], Sql]
"""part(name, type): a part of the element at hand, as SQL of that type."""

Test = Callable[[Part], sa.ColumnElement[bool]]


_TYPES: dict[str, sa.types.TypeEngine[Any]] = {BOOLEAN: sa.Boolean(), NUMBER: sa.Float()}


def exist(document: Sql, name: str, test: Test) -> sa.ColumnElement[bool]:
    """Whether an element of the list `name` in the JSON `document` passes the test."""
    source, part = (_on_sqlite if db.engine.dialect.name == "sqlite" else _on_postgresql)(document, name)
    query = sa.select(sa.literal(1)).select_from(source).where(test(part))
    return query.correlate(DirectoryUser.__table__, DirectoryGroup.__table__).exists()


def first(document: Sql, name: str, sub: str, kind: str = "") -> Sql:
    """A part of the primary element of a list, else of its first one: what a list is sorted by (RFC 7644 §3.4.2.3)."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    source, part = (_on_sqlite if on_sqlite else _on_postgresql)(document, name)
    place = source.c.key if on_sqlite else source.c.place
    preferred = sa.func.coalesce(part("primary", BOOLEAN), sa.false())
    query = sa.select(part(sub, kind)).select_from(source).order_by(preferred.desc(), place).limit(1)
    return query.correlate(DirectoryUser.__table__, DirectoryGroup.__table__).scalar_subquery()


def _on_sqlite(document: Sql, name: str) -> tuple[sa.FromClause, Part]:
    each = sa.func.json_each(document, f'$."{name}"').table_valued("key", "value", name=f"each_{name}")

    def part(sub: str, kind: str) -> Sql:
        value = sa.func.json_extract(each.c.value, f'$."{sub}"')
        found = sa.type_coerce(value, _TYPES.get(kind, sa.String()))
        return measures.moment(found) if kind == DATE else found

    return each, part


def _on_postgresql(document: Sql, name: str) -> tuple[sa.FromClause, Part]:
    # A function, because PostgreSQL takes no [ ] behind the -> that leads into an extension.
    listed = sa.func.jsonb_extract_path(document, name, type_=JSONB())
    each = sa.func.jsonb_array_elements(listed).table_valued(
        sa.column("value", JSONB()), with_ordinality="place", name=f"each_{name.lower()}", joins_implicitly=True
    )
    each = each.render_derived()

    def part(sub: str, kind: str) -> Sql:
        return measures.of(each.c.value[sub], kind)

    return each, part
