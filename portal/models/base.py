"""What every table shares: ids that sort by time, aware UTC times, keys that compare without case."""

import enum
import os
import time
import unicodedata
import uuid
from datetime import UTC, datetime
from typing import Annotated

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column

Json = dict[str, object]
JsonType = sa.JSON().with_variant(JSONB(), "postgresql")


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562 §5.7) whose 12 bits after the milliseconds are their fraction (§6.2, method 3): ids made one after
    the other sort so, which cursors and the order of events rely on."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random_bits = int.from_bytes(os.urandom(8)) & (2**62 - 1)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random_bits)


def now() -> datetime:
    return datetime.now(UTC)


def key(text: str) -> str:
    """How text that an IdP compares without case is stored beside it: NFKC, then casefold (design.md §2)."""
    return fold(text).strip()


def fold(text: str) -> str:
    """The same with the spaces around it, for parts of a text."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps it without a zone, PostgreSQL with one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times are aware UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(of: type[enum.StrEnum]) -> sa.Enum:
    """A column that holds one of an enum's values as plain text, so that adding a value needs no migration."""
    return sa.Enum(
        of, native_enum=False, length=24, values_callable=lambda members: [member.value for member in members]
    )


Id = Annotated[uuid.UUID, mapped_column(sa.Uuid, primary_key=True, default=new_id)]
Time = Annotated[datetime, mapped_column(UtcDateTime)]
Created = Annotated[datetime, mapped_column(UtcDateTime, default=now)]
Short = Annotated[str, mapped_column(sa.String(64))]
Line = Annotated[str, mapped_column(sa.String(320))]
Text = Annotated[str, mapped_column(sa.Text)]
Document = Annotated[Json, mapped_column(JsonType, default=dict)]
Words = Annotated[list[str], mapped_column(JsonType, default=list)]
OrganizationId = Annotated[uuid.UUID, mapped_column(sa.Uuid, sa.ForeignKey("organizations.id", ondelete="CASCADE"))]


def own(table: str, column: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """One tenant's row points at another row of the same tenant: the organization is part of the key (design.md §8.6)."""
    return sa.ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.id"], ondelete=ondelete
    )


def owned() -> sa.UniqueConstraint:
    """What `own` points at."""
    return sa.UniqueConstraint("organization_id", "id")
