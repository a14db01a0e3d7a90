"""One comparison as SQL, by the kind of what is compared (RFC 7644 §3.4.2.2, table 3)."""

import unicodedata
import uuid
from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from portal.extensions import db
from portal.models.base import UtcDateTime, key
from portal.models.text import folded
from portal.scim.attributes import Attribute
from portal.scim.errors import invalid_filter
from portal.scim.filters import Compare

Condition = sa.ColumnElement[bool]
Sql: TypeAlias = sa.ColumnElement[Any]  # what a column holds is known to the rows of attributes.py, not to types
ORDER = {"gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__"}


def column(subject: Sql, leaf: Attribute, node: Compare) -> Condition:
    """Our own columns: ids, times, booleans, and keys that are stored folded already."""
    if isinstance(subject.type, sa.Boolean):
        return boolean(subject, node)
    if isinstance(subject.type, UtcDateTime):
        return _time(subject, node)
    if isinstance(subject.type, sa.Uuid):
        return _id(subject, node)
    if subject.key in ("user_name_key", "display_name_key"):
        return _text(subject, node, key(str(node.value)) if node.value is not None else None)
    return text(subject, leaf, node)


def text(subject: Sql, leaf: Attribute, node: Compare) -> Condition:
    value = None if node.value is None else _words(node.value)
    if leaf.case_exact:
        return _text(subject, node, value)
    return _text(folded(subject), node, None if value is None else fold(value))


def boolean(subject: Sql, node: Compare) -> Condition:
    if node.operator == "pr":
        return subject.is_not(None)
    value = _truth(node)
    if node.operator == "eq":
        return subject.is_(None) if value is None else subject == sa.literal(value)
    if node.operator == "ne":
        return subject.is_not(None) if value is None else sa.func.coalesce(subject != sa.literal(value), sa.true())
    raise invalid_filter(f"{node.path.name} is true or false: compare it with eq, ne or pr.")


def identifier(value: str) -> uuid.UUID | None:
    """An id of ours, or None: no row has it, and the comparison says so."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def fold(value: str) -> str:
    """As `folded` folds in the database at hand."""
    return key(value) if db.engine.dialect.name == "sqlite" else unicodedata.normalize("NFKC", value).lower()


def _text(subject: Sql, node: Compare, value: str | None) -> Condition:
    if node.operator == "pr":
        return sa.func.coalesce(subject, "") != ""
    if value is None:
        return subject.is_not(None) if node.operator == "ne" else subject.is_(None)
    if node.operator == "eq":
        return subject == value
    if node.operator == "ne":
        return sa.func.coalesce(subject != value, sa.true())
    if node.operator in ORDER:
        return getattr(subject, ORDER[node.operator])(value)
    if node.operator == "sw":
        return subject.startswith(value, autoescape=True)
    return (
        subject.contains(value, autoescape=True) if node.operator == "co" else subject.endswith(value, autoescape=True)
    )


def _id(subject: Sql, node: Compare) -> Condition:
    if node.operator == "pr":
        return sa.true()
    value = identifier(str(node.value))
    if node.operator == "eq":
        return subject == value if value else sa.false()
    if node.operator == "ne":
        return subject != value if value else sa.true()
    raise invalid_filter("An id is compared with eq, ne or pr.")


def _time(subject: Sql, node: Compare) -> Condition:
    if node.operator == "pr":
        return sa.true()
    moment = _moment(node.value)
    if node.operator in ORDER:
        return getattr(subject, ORDER[node.operator])(moment)
    if node.operator in ("eq", "ne"):
        return subject == moment if node.operator == "eq" else subject != moment
    raise invalid_filter(f"{node.path.name} holds times: compare it with eq, ne, gt, ge, lt, le or pr.")


def _moment(value: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid_filter('Write a time like "2026-01-31T12:00:00Z".') from None


def _truth(node: Compare) -> bool | None:
    """Also as text, which some IdPs send."""
    words = {"true": True, "false": False}
    if isinstance(node.value, str) and node.value.lower() in words:
        return words[node.value.lower()]
    if node.value is None or isinstance(node.value, bool):
        return node.value
    raise invalid_filter(f"{node.path.name} is true or false, not {node.value!r}.")


def _words(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
