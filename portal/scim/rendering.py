"""From rows to what the IdP reads: ready dictionaries, with the attributes it asked for (RFC 7644 §3.9, §3.10)."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from portal.models import Directory, DirectoryGroup, DirectoryUser
from portal.scim.attributes import GROUPS, PEOPLE, Kind
from portal.scim.dialects import split_urn
from portal.scim.errors import MIME

Document = dict[str, object]
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ALWAYS = ("schemas", "id")
Link = tuple[uuid.UUID, str]
"""The id and the name of a group a person is in."""


@dataclass(frozen=True)
class Selection:
    """`only` and `without` hold lower-case names, each with or without a part: "emails", "name.givenname"."""

    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    @classmethod
    def asked(cls, kind: Kind, source: Mapping[str, object] | None = None) -> "Selection":
        given = source if source is not None else request.args
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
        return _part(value, named, keep=bool(self.only))


def user(directory: Directory, row: DirectoryUser, groups: Iterable[Link], selection: Selection) -> Document:
    extensions = [schema.urn for schema in PEOPLE.extensions if schema.urn in row.data]
    document: Document = {"schemas": [PEOPLE.schema.urn, *extensions], "id": str(row.id), **row.data}
    if selection.wants("groups"):
        found = [
            {"value": str(one), "$ref": f"{directory.base_url}/Groups/{one}", "display": name, "type": "direct"}
            for one, name in groups
        ]
        if found:
            document["groups"] = found
    return selection.of(document | {"meta": _meta(directory, PEOPLE, row)})


def group(directory: Directory, row: DirectoryGroup, members: Iterable[uuid.UUID], selection: Selection) -> Document:
    document: Document = {"schemas": [GROUPS.schema.urn], "id": str(row.id), **row.data}
    if selection.wants("members"):
        document["members"] = [
            {"value": str(one), "$ref": f"{directory.base_url}/Users/{one}", "type": "User"} for one in members
        ]
    return selection.of(document | {"meta": _meta(directory, GROUPS, row)})


def listing(resources: list[Document], total: int, start: int) -> Document:
    return {
        "schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": len(resources), "Resources": resources,
    }  # fmt: skip


def answer(document: Document, status: int = 200) -> Response:
    """With ETag and, for something new, where it is."""
    response = Response(json.dumps(document), status=status, mimetype=MIME)
    meta = document.get("meta")
    if isinstance(meta, dict) and "version" in meta:
        response.headers["ETag"] = str(meta["version"])
        if status == 201:
            response.headers["Location"] = str(meta["location"])
    return response


def nothing(row: DirectoryUser | DirectoryGroup | None = None) -> Response:
    response = Response(status=204, mimetype=MIME)
    if row is not None:
        response.headers["ETag"] = etag(row)
    return response


def etag(row: DirectoryUser | DirectoryGroup) -> str:
    return f'W/"{row.version}"'


def _meta(directory: Directory, kind: Kind, row: DirectoryUser | DirectoryGroup) -> Document:
    return {
        "resourceType": kind.name, "created": _time(row.created_at), "lastModified": _time(row.changed_at),
        "location": f"{directory.base_url}{kind.endpoint}/{row.id}", "version": etag(row),
    }  # fmt: skip


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _names(kind: Kind, given: object) -> frozenset[str]:
    words = given if isinstance(given, list) else str(given or "").split(",")
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
    return {name: one for name, one in value.items() if (name.casefold() in named) == keep}
