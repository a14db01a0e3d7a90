"""What the door reads: ready tuples instead of objects, each with its groups or members, in one statement.

Objects in this place halved the throughput; a second statement for the links doubled the way to the database; and to build the
statement took longer than to send it, so that those IdPs ask again and again are built once.
"""

import uuid
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryGroup, DirectoryGroupMember, DirectoryUser, Place
from portal.models.base import JsonType
from portal.models.engine import reader
from portal.scim.attributes import Kind
from portal.scim.rendering import Document, Selection, group, user

Row = type[DirectoryUser] | type[DirectoryGroup]
READ = ("id", "data", "version", "created_at", "changed_at")
MODELS: dict[str, Row] = {"User": DirectoryUser, "Group": DirectoryGroup}
LINKS = {"User": "groups", "Group": "members"}
RENDER: dict[str, Callable[..., Document]] = {"User": user, "Group": group}

_MEMBERS = DirectoryGroupMember.__table__.c
_PEOPLE = DirectoryUser.__table__
_GROUPS = DirectoryGroup.__table__


def statement(place: Place, kind: Kind, selection: Selection) -> "sa.Select[Any]":
    """Everything of this kind in the directory; narrow it, order it, cut a page from it."""
    return _everything(kind.name, selection.wants(LINKS[kind.name]), _sqlite()).where(*ours(place, kind))


def ours(place: Place, kind: Kind) -> tuple[sa.ColumnElement[bool], ...]:
    columns = MODELS[kind.name].__table__.c
    return columns.organization_id == place.organization_id, columns.directory_id == place.id


def matching(
    place: Place, kind: Kind, column: str, value: object, selection: Selection, *, most: int = 1
) -> Sequence[Any]:
    """Those whose `column` holds exactly this value: a look-up, which is what IdPs ask most."""
    wanted = _matching(kind.name, column, selection.wants(LINKS[kind.name]), _sqlite())
    return reader().execute(wanted, _here(place) | {"value": value, "most": most}).all()


def one(place: Place, kind: Kind, row_id: uuid.UUID, selection: Selection) -> Any | None:
    return next(iter(matching(place, kind, "id", row_id, selection)), None)


def locked(place: Place, kind: Kind, row_id: uuid.UUID) -> tuple[Any, Any] | None:
    """The object itself, for a change, and its links; nobody else changes it until the transaction ends."""
    found = db.session.execute(_locked(kind.name, _sqlite()), _here(place) | {"value": row_id}).one_or_none()
    return (found[0], found[1]) if found else None


def document(place: Place, kind: Kind, row: Any, selection: Selection) -> Document:
    """`row` is a tuple of `statement`, with its links last where they were wanted."""
    linked = getattr(row, LINKS[kind.name], None)
    return RENDER[kind.name](place, row, linked or (), selection)


def _here(place: Place) -> dict[str, object]:
    return {"organization": place.organization_id, "directory": place.id}


@cache
def _everything(kind: str, linked: bool, sqlite: bool) -> "sa.Select[Any]":
    table = MODELS[kind].__table__
    columns: list[sa.ColumnElement[Any]] = [table.c[name] for name in READ]
    return sa.select(*columns, _links(kind, sqlite)) if linked else sa.select(*columns)


@cache
def _matching(kind: str, column: str, linked: bool, sqlite: bool) -> "sa.Select[Any]":
    columns = MODELS[kind].__table__.c
    found = _everything(kind, linked, sqlite).where(*_among(kind, column)).order_by(columns.id)
    return found.limit(sa.bindparam("most", type_=sa.Integer))


@cache
def _locked(kind: str, sqlite: bool) -> "sa.Select[Any]":
    model = MODELS[kind]
    wanted: sa.Select[Any] = sa.select(model, _links(kind, sqlite) if kind == "User" else sa.null())
    return wanted.where(*_among(kind, "id")).with_for_update(of=model)


def _among(kind: str, column: str) -> tuple[sa.ColumnElement[bool], ...]:
    columns = MODELS[kind].__table__.c
    return (
        columns.organization_id == sa.bindparam("organization"),
        columns.directory_id == sa.bindparam("directory"),
        columns[column] == sa.bindparam("value"),
    )


def _links(kind: str, sqlite: bool) -> sa.ColumnElement[Any]:
    """A person's groups as [id, name], or a group's members as ids, in one JSON array."""
    return _groups(sqlite) if kind == "User" else _members(sqlite)


def _groups(sqlite: bool) -> sa.ColumnElement[Any]:
    joined = sa.join(
        DirectoryGroupMember.__table__,
        _GROUPS,
        sa.and_(_GROUPS.c.id == _MEMBERS.group_id, _GROUPS.c.organization_id == _MEMBERS.organization_id),
    )
    pairs = _array(sqlite, _pair(sqlite, _GROUPS.c.id, _GROUPS.c.display_name))
    theirs = sa.and_(_MEMBERS.organization_id == _PEOPLE.c.organization_id, _MEMBERS.directory_user_id == _PEOPLE.c.id)
    return sa.select(pairs).select_from(joined).where(theirs).correlate(_PEOPLE).scalar_subquery().label("groups")


def _members(sqlite: bool) -> sa.ColumnElement[Any]:
    theirs = sa.and_(_MEMBERS.organization_id == _GROUPS.c.organization_id, _MEMBERS.group_id == _GROUPS.c.id)
    return (
        sa.select(_array(sqlite, _MEMBERS.directory_user_id))
        .where(theirs)
        .correlate(_GROUPS)
        .scalar_subquery()
        .label("members")
    )


def _array(sqlite: bool, value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.type_coerce(sa.func.json_group_array(value) if sqlite else sa.func.json_agg(value), JsonType)


def _pair(sqlite: bool, *values: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.json_array(*values) if sqlite else sa.func.json_build_array(*values)


def _sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
