"""A fresh database for each test: migrated once, copied or emptied in between."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import sqlalchemy as sa

from portal.extensions import db
from portal.models import BUILT_IN, Role

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")


def name() -> str:
    return "PostgreSQL" if POSTGRESQL else "SQLite"


def make_sqlite(template: Path, target: Path) -> str:
    """A copy of the migrated template; the write-ahead log is empty once the template was closed."""
    shutil.copy(template, target)
    return f"sqlite:///{target}"


def renew_sqlite(template: str, target: str) -> None:
    """As new, under the same address. Nobody is connected between tests."""
    path = target.removeprefix("sqlite:///")
    for rest in ("-wal", "-shm"):
        Path(path + rest).unlink(missing_ok=True)
    make_sqlite(Path(template.removeprefix("sqlite:///")), Path(path))


def make_postgresql(worker: str) -> Iterator[str]:
    """One database per worker of the run, dropped at its end."""
    base = sa.make_url(POSTGRESQL).set(drivername="postgresql")
    own = f"{base.database or 'vestibule'}_{worker}"
    with psycopg.connect(base.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{own}"')
    yield base.set(drivername="postgresql+psycopg", database=own).render_as_string(hide_password=False)
    with psycopg.connect(base.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')


def empty() -> None:
    """Delete every row but the roles, children first."""
    db.session.rollback()
    for table in reversed(db.metadata.sorted_tables):
        if table.name != "roles":
            db.session.execute(table.delete())
    built_in = [key for key, *_ in BUILT_IN]
    db.session.execute(sa.delete(Role).where(Role.key.not_in(built_in)))
    for key, name, rank, permissions in BUILT_IN:
        as_made = {"name": name, "rank": rank, "permissions": list(map(str, permissions)), "is_default": False}
        db.session.execute(sa.update(Role).where(Role.key == key).values(as_made | {"description": ""}))
    db.session.commit()
