"""A place in a list that stays right while people come and go (RFC 9865): the last row seen, and what the list was."""

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from portal.models.base import UtcDateTime
from portal.scim.errors import ScimError
from portal.scim.queries import Query

Value = str | bool | None


@dataclass(frozen=True)
class Cursor:
    """`list` is the hash of filter and order: a cursor belongs to the list it came from. It never expires."""

    list: str
    descending: bool
    last: uuid.UUID | None = None
    value: Value = None

    @classmethod
    def read(cls, query: Query) -> "Cursor":
        beginning = cls(_hash(query), query.descending)
        if not query.cursor:
            return beginning
        said = _decoded(query.cursor)
        if said.get("list") != beginning.list:
            raise _invalid("This cursor belongs to another list: filter or order differ from the first request.")
        try:
            return replace(beginning, last=uuid.UUID(str(said["last"])), value=said.get("value"))
        except (KeyError, ValueError):
            raise _invalid() from None

    def at(self, row: Any) -> "Cursor":
        value = getattr(row, "sorted_by", None)
        plain = (
            value
            if isinstance(value, str | bool | None)
            else value.isoformat()
            if isinstance(value, datetime)
            else str(value)
        )
        return replace(self, last=row.id, value=plain)

    def text(self) -> str:
        said = json.dumps({"list": self.list, "last": str(self.last), "value": self.value}, separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    def after(self, row_id: Any, by: Any) -> sa.ColumnElement[bool]:
        """The rows behind the last one seen, in the order of `paging`."""
        later = row_id > self.last
        if by is None:
            return later
        if self.value is None:
            behind = sa.and_(by.is_(None), later)
            return sa.or_(behind, by.is_not(None)) if self.descending else behind
        value = self._typed(by)
        further = by < value if self.descending else by > value
        behind = sa.or_(further, sa.and_(by == value, later))
        return behind if self.descending else sa.or_(behind, by.is_(None))

    def _typed(self, by: Any) -> sa.ColumnElement[Any]:
        """As the column has it: a cursor that was tampered with must not reach the database as another type."""
        try:
            if isinstance(by.type, sa.Boolean):
                value: object = {True: True, False: False}[self.value]  # type: ignore[index]
            elif isinstance(by.type, UtcDateTime):
                value = datetime.fromisoformat(str(self.value)).astimezone(UTC)
            else:
                value = uuid.UUID(str(self.value)) if isinstance(by.type, sa.Uuid) else str(self.value)
        except (ValueError, KeyError, OverflowError):
            raise _invalid() from None
        return sa.literal(value, by.type)


def _hash(query: Query) -> str:
    said = "\n".join((query.filter or "", query.sort_by.casefold(), str(query.descending)))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _decoded(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        raise _invalid() from None
    if not isinstance(found, dict) or not isinstance(found.get("value"), str | bool | None):
        raise _invalid()
    return found


def _invalid(words: str = "We gave no such cursor. Begin the list again with an empty one.") -> ScimError:
    return ScimError(400, words, "invalidCursor")
