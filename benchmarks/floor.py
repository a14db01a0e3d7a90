"""The floor: bare Flask views with one indexed statement each, and nothing else. `benchmarks.floor:app`.

One view inserts as much as a new person of a live directory must: what that costs without any rule, look-up or object.
"""

import json
import os
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Flask, Response, request

from portal.models import DirectoryUser, Event, Exchange, Membership, MembershipRole, Protocol, Role, Source, User
from portal.models.base import Json, JsonType, new_id
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
    with engine.connect() as connection:
        role_id = connection.scalar(sa.select(Role.id).where(Role.key == "member"))
    _reads(app, engine, ours)
    _writes(app, engine)
    _whole(app, engine, Place(organization_id, directory_id, role_id))
    return app


class Place(NamedTuple):
    organization_id: uuid.UUID
    directory_id: uuid.UUID
    role_id: uuid.UUID


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


def _whole(app: Flask, engine: sa.Engine, place: Place) -> None:
    @app.post("/whole")
    def create_whole() -> Response:
        document = request.get_json(force=True)
        with engine.begin() as connection:
            for table, rows in _rows(place, document):
                connection.execute(sa.insert(table.__table__), rows)
        return _answer(document, 201)


def _rows(place: Place, document: Json) -> Iterator[tuple[Any, list[dict[str, object]]]]:
    """A user, their membership and role, the person as the directory knows them, two events and the exchange."""
    ours, name = {"organization_id": place.organization_id}, str(document["userName"])
    user_id, membership_id = new_id(), new_id()
    yield User, [{"id": user_id, "email": name, "email_key": name, "name": name}]
    yield Membership, [ours | {"id": membership_id, "user_id": user_id, "email": name, "source": Source.DIRECTORY}]
    yield MembershipRole, [ours | {"membership_id": membership_id, "role_id": place.role_id}]
    person = {"user_name": name, "user_name_key": name, "data": document, "membership_id": membership_id}
    yield DirectoryUser, [ours | person | {"directory_id": place.directory_id}]
    told = {"door": "scim", "data": {"user_id": str(user_id)}, "subject_id": membership_id}
    yield Event, [ours | told | {"name": "user.created"}, ours | told | {"name": "member.added"}]
    said = {"method": "POST", "status": 201, "request_body": json.dumps(document), "protocol": Protocol.SCIM}
    yield Exchange, [ours | said | {"directory_id": place.directory_id}]


def _answer(document: object, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, mimetype="application/scim+json")


app = make()
