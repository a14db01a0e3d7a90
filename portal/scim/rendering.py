"""From rows to what the IdP reads: ready dictionaries, with the attributes it asked for (RFC 7644 §3.9, §3.10)."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import Response, request

from portal.models import Place
from portal.models.base import key
from portal.scim.attributes import GROUPS, PEOPLE, Kind
from portal.scim.dialects import split_urn
from portal.scim.errors import MIME, invalid_value

Document = dict[str, object]
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ALWAYS = ("schemas", "id")
MOST_NAMES = 200
Link = tuple[str, str]
"""The id and the name of a group a person is in."""


class Row(Protocol):
    """What is read of a person or a group: an object of theirs, or a tuple of these columns."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def data(self) -> Document: ...
    @property
    def version(self) -> int: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def changed_at(self) -> datetime: ...


@dataclass(frozen=True)
class Selection:
    """`only` and `without` hold lower-case names, each with or without a part: "emails", "name.givenname"."""

    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    @classmethod
    def asked(cls, kind: Kind, source: Mapping[str, object] | None = None) -> "Selection":
        given = source if source is not None else request.args.to_dict()
        return cls(_names(kind, given.get("attributes")), _names(kind, given.get("excludedAttributes")))

    def wants(self, name: str) -> bool:
        """Whether an attribute is worth loading at all."""
        name = name.casefold()
        if self.only:
            return any(one == name or one.startswith(f"{name}.") for one in self.only)
        return name not in self.without

    def of(self, document: Document) -> Document:
        if not self.only and not self.without:
            return document
        return {name: kept for name, value in document.items() if (kept := self._kept(name, value)) is not None}

    def _kept(self, name: str, value: object) -> object:
        lowered = name.casefold()
        if lowered in ALWAYS or lowered in self.only:
            return value
        parts = self.only or self.without
        named = {
            one[len(lowered) + 1 :] for one in parts if one.startswith(f"{lowered}.") or one.startswith(f"{lowered}:")
        }
        if not named:
            return None if self.only or lowered in self.without else value
        return _part(value, named, keep=bool(self.only)) or None


def user(place: Place, row: Row, groups: Iterable[Link], selection: Selection) -> Document:
    """`groups` are [id, name] pairs; `row` anything with the columns we read."""
    extensions = [name for name in row.data if name.startswith("urn:")]
    document: Document = {"schemas": [PEOPLE.schema.urn, *extensions], "id": str(row.id), **row.data}
    if groups and selection.wants("groups"):
        base = f"{place.base_url}/Groups/"
        document["groups"] = [
            {"value": one, "$ref": base + one, "display": name, "type": "direct"}
            for one, name in sorted(((_id(one), name) for one, name in groups), key=lambda link: key(link[1]))
        ]
    return selection.of(document | {"meta": _meta(place, PEOPLE, row)})


def group(place: Place, row: Row, members: Iterable[str], selection: Selection) -> Document:
    document: Document = {"schemas": [GROUPS.schema.urn], "id": str(row.id), **row.data}
    if selection.wants("members"):
        base = f"{place.base_url}/Users/"
        document["members"] = [{"value": one, "$ref": base + one, "type": "User"} for one in sorted(map(_id, members))]
    return selection.of(document | {"meta": _meta(place, GROUPS, row)})


def listing(resources: list[Document], total: int, **where: int | str) -> Document:
    """`where` is `startIndex`, or `nextCursor` where there is more (RFC 7644 §3.4.2, RFC 9865 §2)."""
    return {
        "schemas": [LIST], "totalResults": total, "itemsPerPage": len(resources), **where, "Resources": resources,
    }  # fmt: skip


def answer(document: Document, status: int = 200) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), status=status, mimetype=MIME)


def resource(document: Document, row: Row, made_at: str = "") -> Response:
    """With its ETag and, for something new, where it is, whatever attributes were asked for (RFC 7644 §3.3, §3.14)."""
    response = answer(document, 201 if made_at else 200)
    response.headers["ETag"] = etag(row)
    if made_at:
        response.headers["Location"] = made_at
    return response


def address(place: Place, kind: Kind, row: Row) -> str:
    return f"{place.base_url}{kind.endpoint}/{row.id}"


def nothing(row: Row | None = None) -> Response:
    response = Response(status=204, mimetype=MIME)
    if row is not None:
        response.headers["ETag"] = etag(row)
    return response


def etag(row: Row) -> str:
    return f'W/"{row.version}"'


def _meta(place: Place, kind: Kind, row: Row) -> Document:
    return {
        "resourceType": kind.name, "created": _time(row.created_at), "lastModified": _time(row.changed_at),
        "location": address(place, kind, row), "version": etag(row),
    }  # fmt: skip


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _id(text: str) -> str:
    """As we write ids; SQLite keeps them without dashes."""
    return text if len(text) == 36 else str(uuid.UUID(text))


def _names(kind: Kind, given: object) -> frozenset[str]:
    words = given if isinstance(given, list) else str(given or "").split(",")
    if len(words) > MOST_NAMES:
        raise invalid_value(
            f"More than {MOST_NAMES} names in attributes or excludedAttributes. Ask for everything instead."
        )
    found = set()
    for word in words:
        urn, rest = split_urn(kind, str(word).strip())
        core = not urn or urn.casefold() == kind.schema.urn.casefold()
        if urn and not rest:
            found.add(urn.casefold())
        elif rest:
            found.add((rest if core else f"{urn}:{rest}").casefold())
    return frozenset(found)


def _part(value: object, named: set[str], *, keep: bool) -> object:
    if isinstance(value, list):
        return [_part(one, named, keep=keep) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _sub_part(one, name.casefold(), named, keep=keep) for name, one in value.items()}
    return {name: one for name, one in found.items() if one is not None}


def _sub_part(value: object, name: str, named: set[str], *, keep: bool) -> object:
    """Within an extension, an attribute may itself be named by one of its parts."""
    below = {one[len(name) + 1 :] for one in named if one.startswith(f"{name}.")}
    if name in named or not below:
        return value if (name in named) == keep else None
    return _part(value, below, keep=keep) or None
