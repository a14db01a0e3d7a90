"""The operations of a BulkRequest message, read and checked one by one (RFC 7644 §3.7)."""

import re
from dataclasses import dataclass, field

from portal.scim.at_hand import Document
from portal.scim.attributes import KINDS, Kind
from portal.scim.errors import ScimError, invalid_syntax, invalid_value
from portal.settings import current

METHODS = ("POST", "PUT", "PATCH", "DELETE")
_PLACE = re.compile(r"/?(?P<endpoint>[A-Za-z]+)(?:/(?P<target>[^/?#]+))?/?(?:\?.*)?")


@dataclass(frozen=True)
class Operation:
    """`target` is the id in the path, or `bulkId:…`; `problem` is why the operation cannot even be tried."""

    method: str
    path: str
    bulk_id: str = ""
    version: str = ""
    kind: Kind | None = None
    target: str = ""
    data: Document = field(default_factory=dict)
    problem: ScimError | None = None

    @property
    def makes(self) -> bool:
        """Whether other operations may name what this one makes."""
        return self.method == "POST" and bool(self.bulk_id) and self.problem is None


def read(message: Document, base_url: str) -> list[Operation]:
    """What is wrong with one operation is that operation's own failure; what is wrong with the message refuses it all."""
    found = _fields(message).get("operations")
    if not isinstance(found, list) or not found:
        raise invalid_syntax("The bulk request has no Operations.")
    most = current().scim_bulk_operations
    if len(found) > most:
        raise ScimError(413, f"One bulk request takes {most} operations at most, and {len(found)} came. Send fewer.")
    taken: set[str] = set()
    return [_operation(one, base_url, taken) for one in found]


def most_errors(message: Document) -> int | None:
    """`failOnErrors`: after how many errors to stop; None goes on to the end, which is usual."""
    value = _fields(message).get("failonerrors")
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise invalid_value("failOnErrors must be a whole number from 1: after so many errors we stop.")
    return value


def _operation(one: object, base_url: str, taken: set[str]) -> Operation:
    if not isinstance(one, dict):
        raise invalid_syntax("Each operation of a bulk request is an object.")
    fields = _fields(one)
    method, path, bulk_id, version = (
        str(fields.get(name) or "") for name in ("method", "path", "bulkid", "version")
    )  # fmt: skip
    method = method.upper()
    try:
        kind, target = _place(method, path.removeprefix(base_url))
        _require_bulk_id(method, bulk_id, taken)
        data = _data(method, fields.get("data"))
    except ScimError as problem:
        return Operation(method[:16], path[:2000], bulk_id, problem=problem)
    return Operation(method, path, bulk_id, version, kind, target, data)


def _place(method: str, path: str) -> tuple[Kind, str]:
    if method not in METHODS:
        raise invalid_syntax(
            f"The method {method[:16]!r} has no place in a bulk request: use POST, PUT, PATCH or DELETE."
        )
    found = _PLACE.fullmatch(path)
    endpoint = f"/{found['endpoint']}".casefold() if found else ""
    kind = next((kind for kind in KINDS if kind.endpoint.casefold() == endpoint), None)
    if found is None or kind is None:
        raise invalid_value(f"The path {path[:100]!r} is neither below /Users nor below /Groups.")
    if (method == "POST") == bool(found["target"]):
        raise invalid_value(f"{method} takes a path like {kind.endpoint}{'' if method == 'POST' else '/<id>'}.")
    return kind, found["target"] or ""


def _require_bulk_id(method: str, bulk_id: str, taken: set[str]) -> None:
    if method != "POST":
        return
    if not bulk_id:
        raise invalid_value("A POST in a bulk request needs a bulkId, by which we say what became of it.")
    if bulk_id in taken:
        raise invalid_value(
            f"The bulkId {bulk_id[:60]!r} stands at an earlier operation already. Give each POST its own."
        )
    taken.add(bulk_id)


def _data(method: str, data: object) -> Document:
    """PATCH also as the bare list of its operations, as the RFC's own example has it (RFC 7644 §3.7.3)."""
    if method == "DELETE":
        return {}
    if method == "PATCH" and isinstance(data, list):
        return {"Operations": data}
    if not isinstance(data, dict):
        raise invalid_syntax(f"A {method} in a bulk request needs data: the body it would have by itself.")
    return data


def _fields(document: Document) -> Document:
    return {name.casefold(): value for name, value in document.items()}
