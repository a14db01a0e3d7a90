"""How migrations meet the database: through the application's own engine, one at a time."""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from portal.extensions import db
from portal.models.base import UtcDateTime

LOCK = 7_378_697_629  # any number of ours: two migrators at once wait for each other on PostgreSQL


def render(kind: str, item: object, _: object) -> str | bool:
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run_online() -> None:
    options = dict(current_app.extensions["migrate"].configure_args)
    options.update(target_metadata=db.metadata, render_item=render, render_as_batch=db.engine.dialect.name == "sqlite")
    with db.engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            context.run_migrations()


def run_offline() -> None:
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=db.metadata,
        literal_binds=True,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
