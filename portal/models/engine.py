"""How every connection to a database behaves, so that no acknowledged change is lost (design.md §8.1)."""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from time import monotonic
from typing import TypeVar, cast

import sqlalchemy as sa
from flask import g, has_request_context, request
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import make_transient_to_detached, scoped_session
from sqlalchemy.orm.util import identity_key
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from portal.extensions import Model, db
from portal.models import text
from portal.settings import Settings

RESTED = 5.0
"""Seconds after which a connection may have been closed by the other side."""

Row = TypeVar("Row", bound=Model)

SAFE = ("GET", "HEAD", "OPTIONS")


def options(settings: Settings) -> dict[str, object]:
    """Engine options for `settings.database`."""
    if settings.database.startswith("sqlite"):
        return {"connect_args": {"timeout": settings.database_timeout}}
    milliseconds = settings.database_timeout * 1000
    timeouts = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c timezone=utc"
    return {
        "pool_size": settings.database_pool,
        "max_overflow": settings.database_pool,
        "pool_timeout": settings.database_timeout,
        "connect_args": {
            "options": timeouts,
            "connect_timeout": min(settings.database_timeout, 5),
            # The server's own timeout cannot fire when the server itself is stopped (security.md §3.1).
            "tcp_user_timeout": milliseconds,
        },
    }


def prepare(engine: Engine) -> None:
    """SQLAlchemy's defaults lost 618 of 1,200 acknowledged updates on SQLite: begin immediately, with a journal that
    lets readers go on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", _ask_whether_alive)


def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101
    connection.isolation_level = None
    text.lend(connection)
    with closing(connection.cursor()) as cursor:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=8000"):
            cursor.execute(f"PRAGMA {pragma}")


def _note_rest(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = monotonic()


def _ask_whether_alive(connection: DBAPIConnection, record: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
    """Only of a connection that rested: asking before every request is one more way to the database and back."""
    if monotonic() - record.info.get("rests_since", monotonic()) < RESTED:
        return
    try:
        db.engine.dialect.do_ping(connection)
    except db.engine.dialect.loaded_dbapi.Error as error:
        raise sa.exc.InvalidatePoolError from error


def read_only() -> None:
    """For a request that only reads, before its first statement: every statement sees what is committed, as it does anyway,
    PostgreSQL is not told that a transaction begins and ends, and there is no session to open and to close."""
    begun = db.session.registry.has() and db.session().in_transaction()
    if db.engine.dialect.name != "sqlite" and not begun:
        g.reader = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def reader() -> "Connection | scoped_session[Session]":
    """Whom to ask for rows: the connection of a request that only reads, else the session."""
    connection: Connection | None = g.get("reader")
    return connection if connection is not None else db.session


def stop_reading(_: BaseException | None = None) -> None:
    if (connection := g.pop("reader", None)) is not None:
        connection.close()


def _begin(connection: Connection) -> None:
    """Requests that only read must not queue behind each other for the one writer's lock."""
    reads = has_request_context() and request.method in SAFE and not g.get("writing")
    connection.execute(sa.text("BEGIN" if reads else "BEGIN IMMEDIATE"))


def insert_new(row: Model) -> bool:
    """Insert at once, judged by the table's unique constraints; false where one of them stands in the way. Unlike a flush
    that fails, this leaves the transaction whole and needs no savepoint, so a lost race costs nothing."""
    wanted = _careful_insertion(type(row), db.engine.dialect.name == "sqlite")
    with db.session.no_autoflush:  # what waits, waits on: events go together with the last change
        inserted = db.session.execute(wanted, dict(_values(row)), execution_options={"preserve_rowcount": True})
    if not inserted.rowcount:  # type: ignore[attr-defined]
        return False
    make_transient_to_detached(row)
    db.session.add(row)
    return True


@cache
def _careful_insertion(model: type[Model], on_sqlite: bool) -> sa.Insert:
    table = cast(sa.Table, model.__table__)
    return (sqlite if on_sqlite else postgresql).insert(table).on_conflict_do_nothing()


def insert_rows(model: type[Model], rows: Sequence[Mapping[str, object]]) -> None:
    """New rows that nobody needs as objects, by one statement; they are there at once, and what waits in the session waits on.
    All have the same columns, and get the defaults of the others."""
    if rows:
        with db.session.no_autoflush:
            db.session.execute(_insertion(model), rows)


@cache
def _insertion(model: type[Model]) -> sa.Insert:
    return sa.insert(model.__table__)  # type: ignore[arg-type]


def among(column: sa.ColumnElement[uuid.UUID], ids: Iterable[uuid.UUID]) -> sa.ColumnElement[bool]:
    """`column IN (…)`. To PostgreSQL many ids are sent as one value: psycopg takes a statement apart at each placeholder."""
    if db.engine.dialect.name == "sqlite":
        return column.in_(list(ids))
    return column == sa.any_(sa.literal(list(ids), postgresql.ARRAY(sa.Uuid)))


def known(model: type[Row], **columns: object) -> Row:
    """The object of a row of which these columns were just read; any other is read when somebody asks for it."""
    here = loaded(model, columns["id"])
    if here is None:
        here = model(**columns)
        make_transient_to_detached(here)
        db.session.add(here)
    return here


def loaded(model: type[Row], row_id: object) -> Row | None:
    """The object of this row, if there is one at hand."""
    found: Row | None = db.session().identity_map.get(identity_key(model, row_id))
    return found


def insert(model: type[Model]) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what to do on a conflict, in the words of the database at hand."""
    table = cast(sa.Table, model.__table__)
    return sqlite.insert(table) if db.engine.dialect.name == "sqlite" else postgresql.insert(table)


def _values(row: Model) -> Iterator[tuple[str, object]]:
    """Every column, with the defaults a flush would have given; the row itself gets them too."""
    for attribute in sa.inspect(type(row)).column_attrs:
        column, value = attribute.columns[0], getattr(row, attribute.key)
        if value is None and isinstance(column, sa.Column) and column.default is not None:
            given = column.default.arg  # type: ignore[attr-defined]
            value = given(None) if callable(given) else given
            setattr(row, attribute.key, value)
        yield column.key, value


def begin_writing() -> None:
    """Called first by the few GET views that write, such as the end of a sign-in."""
    stop_reading()
    db.session.rollback()
    g.writing = True
