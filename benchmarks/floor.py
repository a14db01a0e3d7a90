"""The floor: bare Flask views with one indexed statement each, and nothing else. `benchmarks.floor:app`."""

import json
import os
import uuid

import sqlalchemy as sa
from flask import Flask, Response, request

from portal.models import DirectoryUser
from portal.models.base import JsonType, new_id
from portal.settings import read

TABLE = sa.Table(
    "benchmark_floor",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_name", sa.String(320), unique=True, nullable=False),
    sa.Column("data", JsonType, nullable=False),
)
PEOPLE: sa.Table = DirectoryUser.__table__  # type: ignore[assignment]
CHANGED = 500
COLUMNS = (PEOPLE.c.id, PEOPLE.c.data)


def make() -> Flask:
    app = Flask("floor")
    engine = sa.create_engine(read().database, pool_size=10)
    _fill(engine)
    directory_id = uuid.UUID(os.environ["BENCHMARK_DIRECTORY"])
    with engine.connect() as connection:
        organization_id = connection.scalar(sa.select(PEOPLE.c.organization_id).limit(1))
    ours = (PEOPLE.c.organization_id == organization_id, PEOPLE.c.directory_id == directory_id)
    _reads(app, engine, ours)
    _writes(app, engine)
    return app


def _fill(engine: sa.Engine) -> None:
    """Some people to change."""
    TABLE.create(engine, checkfirst=True)
    with engine.begin() as connection:
        connection.execute(sa.delete(TABLE))
        rows = [{"id": new_id(), "user_name": f"cycle{n}", "data": {"userName": f"cycle{n}"}} for n in range(CHANGED)]
        connection.execute(sa.insert(TABLE), rows)


def _reads(app: Flask, engine: sa.Engine, ours: "tuple[sa.ColumnElement[bool], ...]") -> None:
    @app.get("/look-up/<name>")
    def look_up(name: str) -> Response:
        query = sa.select(*COLUMNS).where(*ours, PEOPLE.c.user_name_key == name)
        with engine.connect() as connection:
            return _answer([{"id": str(row.id), **row.data} for row in connection.execute(query)])

    @app.get("/page/<uuid:after>")
    def page(after: uuid.UUID) -> Response:
        query = sa.select(*COLUMNS).where(*ours, PEOPLE.c.id > after).order_by(PEOPLE.c.id).limit(100)
        with engine.connect() as connection:
            return _answer([{"id": str(row.id), **row.data} for row in connection.execute(query)])


def _writes(app: Flask, engine: sa.Engine) -> None:
    @app.post("/people")
    def create() -> Response:
        document = request.get_json(force=True)
        with engine.begin() as connection:
            row = {"id": new_id(), "user_name": document["userName"], "data": document}
            connection.execute(sa.insert(TABLE).values(row))
        return _answer(document, 201)

    @app.patch("/people/<name>")
    def change(name: str) -> Response:
        document = request.get_json(force=True)
        with engine.begin() as connection:
            connection.execute(sa.update(TABLE).where(TABLE.c.user_name == name).values(data=document))
        return _answer(document)


def _answer(document: object, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, mimetype="application/scim+json")


app = make()
