"""One comparison as SQL, by the kind of what is compared (RFC 7644 §3.4.2.2, table 3)."""

import unicodedata
import uuid
from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from portal.extensions import db
from portal.models.base import UtcDateTime, key
from portal.models.base import fold as fold_here
from portal.models.text import folded
from portal.scim import measures
from portal.scim.attributes import BINARY, BOOLEAN, COMPLEX, NUMBER, Attribute
from portal.scim.errors import invalid_filter
from portal.scim.filters import Compare

Condition = sa.ColumnElement[bool]
Sql: TypeAlias = sa.ColumnElement[Any]  # what a column holds is known to the rows of attributes.py, not to types
ORDER = {"gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__"}
_LIKE = {"co": "contains", "sw": "startswith", "ew": "endswith"}
KEYS = ("user_name_key", "display_name_key")


def compare(subject: Sql, leaf: Attribute, node: Compare) -> Condition:
    """Our own columns by their type: ids, times, booleans, keys that are stored folded; everything else as text."""
    if isinstance(subject.type, sa.Boolean) or leaf.type == BOOLEAN:
        return _boolean(subject, leaf, node)
    if leaf.type in measures.MEASURES and not isinstance(subject, sa.Column):
        return _measure(subject, leaf, node)
    if isinstance(subject.type, UtcDateTime):
        return _time(subject, leaf, node)
    if isinstance(subject.type, sa.Uuid):
        return _id(subject, node)
    _require_order(leaf, node)
    if getattr(subject, "key", None) in KEYS:
        return _text(subject, node, _key(node))
    value = None if node.value is None else _words(node.value)
    if leaf.case_exact:
        return _text(subject, node, value)
    return _text(folded(subject), node, None if value is None else fold(value))


def exactly(column: Sql, words: str) -> object:
    """What one of our indexed columns holds where it equals these words; None where no row can."""
    if isinstance(column.type, sa.Uuid):
        return identifier(words)
    return key(words) if column.key in KEYS else words


def fold(value: str) -> str:
    """As `folded` folds in the database at hand."""
    return fold_here(value) if _on_sqlite() else unicodedata.normalize("NFKC", value).lower()


def identifier(value: str) -> uuid.UUID | None:
    """An id as we write it (RFC 7643 §3.1: case-exact), or None: no row has it, and the comparison says so."""
    try:
        found = uuid.UUID(value)
    except ValueError:
        return None
    return found if str(found) == value else None


def _require_order(leaf: Attribute, node: Compare) -> None:
    """RFC 7644 table 3: what has no order is not compared by it."""
    if node.operator == "pr":
        return
    if leaf.type == COMPLEX:
        parts = ", ".join(f"{leaf.name}.{part.name}" for part in leaf.sub[:3])
        raise invalid_filter(f"{leaf.name} has parts. Compare one of them, such as {parts}.")
    if leaf.type == BINARY and node.operator in ORDER:
        raise invalid_filter(f"{leaf.name} is binary and has no order: compare it with eq, ne or pr.")


def _key(node: Compare) -> str | None:
    """Equality looks spaces around it over, as the stored key does; a part of a text keeps them."""
    if node.value is None:
        return None
    words = _words(node.value)
    return fold_here(words) if node.operator in ("co", "sw", "ew") else key(words)


def _text(subject: Sql, node: Compare, value: str | None) -> Condition:
    if node.operator == "pr":
        return sa.func.coalesce(subject, "") != ""
    if value is None:
        return _with_nothing(subject, node)
    if node.operator == "eq":
        return subject == value
    if node.operator == "ne":
        return sa.func.coalesce(subject != value, sa.true())
    if node.operator in ORDER:
        return getattr(subject, ORDER[node.operator])(value)
    return _part(subject, node.operator, value)


def _with_nothing(subject: Sql, node: Compare) -> Condition:
    """`eq null` is “not assigned” (RFC 7643 §2.5); nothing else holds of null."""
    if node.operator in ("eq", "ne"):
        return subject.is_(None) if node.operator == "eq" else subject.is_not(None)
    return sa.false()


def _part(subject: Sql, operator: str, value: str) -> Condition:
    """SQLite's LIKE does not see the case of ASCII letters, so there the characters are compared."""
    if not value:
        return subject.is_not(None)
    if not _on_sqlite():
        return getattr(subject, _LIKE[operator])(value, autoescape=True)
    if operator == "co":
        return sa.func.instr(subject, value) > 0
    start = 1 if operator == "sw" else -len(value)
    return sa.func.substr(subject, start, len(value)) == value


def _boolean(subject: Sql, leaf: Attribute, node: Compare) -> Condition:
    if node.operator == "pr":
        return subject.is_not(None)
    if node.operator not in ("eq", "ne"):
        raise invalid_filter(f"{leaf.name} is true or false: compare it with eq, ne or pr.")
    value = _truth(leaf, node)
    if value is None:
        return _with_nothing(subject, node)
    same = subject == sa.literal(value)
    return same if node.operator == "eq" else sa.func.coalesce(~same, sa.true())


def _truth(leaf: Attribute, node: Compare) -> bool | None:
    """Also as text: Entra filters by `primary eq "True"` (tests/recorded/entra/scim/role-of-primary-as-text)."""
    words = {"true": True, "false": False}
    if isinstance(node.value, str) and node.value.lower() in words:
        return words[node.value.lower()]
    if node.value is None or isinstance(node.value, bool):
        return node.value
    raise invalid_filter(f"{leaf.name} is true or false, not {str(node.value)[:60]!r}.")


def _id(subject: Sql, node: Compare) -> Condition:
    if node.operator == "pr":
        return subject.is_not(None)
    if node.value is None:
        return _with_nothing(subject, node)
    if node.operator not in ("eq", "ne"):
        return _text(written(subject), node, _words(node.value))
    value = identifier(str(node.value))
    if value is None:
        return sa.false() if node.operator == "eq" else sa.true()
    return subject == value if node.operator == "eq" else subject != value


def written(subject: Sql) -> Sql:
    """An id as the IdP reads it; SQLite keeps it without hyphens."""
    if not _on_sqlite():
        return sa.cast(subject, sa.String())
    digits = sa.type_coerce(subject, sa.String())
    found: Sql = sa.func.substr(digits, 1, 8)
    for start, length in ((9, 4), (13, 4), (17, 4), (21, 12)):
        found = found + "-" + sa.func.substr(digits, start, length)
    return found


def _time(subject: Sql, leaf: Attribute, node: Compare) -> Condition:
    if node.operator == "pr":
        return subject.is_not(None)
    if node.value is None:
        return _with_nothing(subject, node)
    moment = _moment(node.value)
    if node.operator in ORDER:
        return getattr(subject, ORDER[node.operator])(moment)
    if node.operator in ("eq", "ne"):
        return subject == moment if node.operator == "eq" else subject != moment
    raise invalid_filter(f"{leaf.name} is a time: compare it with eq, ne, gt, ge, lt, le or pr.")


def _measure(subject: Sql, leaf: Attribute, node: Compare) -> Condition:
    """A number or a time in the document."""
    if node.operator == "pr":
        return subject.is_not(None)
    if node.value is None:
        return _with_nothing(subject, node)
    if node.operator in _LIKE:
        raise invalid_filter(f"{leaf.name} is no text: compare it with eq, ne, gt, ge, lt, le or pr.")
    value: Any = measures.number(node.value)
    if leaf.type != NUMBER:
        value = measures.moment(sa.literal(_moment(node.value).isoformat()))
    elif value is None:
        raise invalid_filter(f"{leaf.name} is a number, not {str(node.value)[:60]!r}.")
    if node.operator in ORDER:
        return getattr(subject, ORDER[node.operator])(value)
    return subject == value if node.operator == "eq" else sa.func.coalesce(subject != value, sa.true())


def _moment(value: object) -> datetime:
    """RFC 7643 §2.3.5: chronological, whatever the offset; without one it is UTC."""
    try:
        found = datetime.fromisoformat(str(value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid_filter(f'{str(value)[:40]!r} is no time. Write it like "2026-01-31T12:00:00Z".') from None


def _words(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
