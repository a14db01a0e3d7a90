"""Numbers and times that are kept in the document: taken from the IdP, and compared in the database in their own order."""

import math
import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models.base import UtcDateTime
from portal.scim.attributes import BOOLEAN, DATE, NUMBER, Attribute
from portal.scim.errors import invalid_value

MEASURES = (NUMBER, DATE)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?")  # xsd:dateTime, RFC 7643 §2.3.5


def clean(attribute: Attribute, value: object, place: str) -> str | int | float | None:
    """None stands for unassigned. Numbers may come as text; a time stays as it was written."""
    if value is None or value == "":
        return None
    if attribute.type == NUMBER:
        found = number(value)
        if found is None:
            raise invalid_value(f"{place} must be a number, not {str(value)[:40]!r}.")
        return found
    if not isinstance(value, str) or not _is_time(value):
        raise invalid_value(f'{place} must be a time such as "2026-01-31T12:00:00Z", not {str(value)[:40]!r}.')
    return value


def number(value: object) -> int | float | None:
    """Of what is none, None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(found):
        return None
    if isinstance(value, int):
        return value
    return int(found) if found.is_integer() and abs(found) < 2**53 else found


def of(json: Any, kind: str) -> Any:
    """A value within the document, as SQL of the proper type."""
    if kind == BOOLEAN:
        return json.as_boolean()
    if kind == NUMBER:
        if _on_sqlite():
            return json.as_float()
        return sa.case((sa.func.jsonb_typeof(json) == "number", json.as_float()))
    return moment(json.as_string()) if kind == DATE else json.as_string()


def moment(text: Any) -> Any:
    """A written time as one that compares, whatever its offset; without one it is UTC."""
    return sa.func.julianday(text, type_=sa.Float()) if _on_sqlite() else sa.cast(text, UtcDateTime())


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
