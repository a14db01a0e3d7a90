"""PATCH on a document (RFC 7644 §3.5.2): in order, all or nothing, every form of a path."""

import copy
from dataclasses import dataclass

from portal.scim import dialects, matching
from portal.scim.attributes import Kind
from portal.scim.changing import Target, change
from portal.scim.errors import ScimError, invalid_path, invalid_syntax, invalid_value, mutability, no_target
from portal.scim.filters import parse
from portal.settings import current

Document = dict[str, object]
MESSAGE = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Operation:
    name: str
    path: str
    value: object


def operations(body: Document) -> list[Operation]:
    """The operations of a PatchOp message; names and capitals as IdPs write them."""
    found = next((value for name, value in body.items() if name.casefold() == "operations"), None)
    if not isinstance(found, list) or not found:
        raise invalid_syntax("A PATCH needs a list called Operations with at least one operation in it.")
    most = current().scim_max_operations
    if len(found) > most:
        raise ScimError(413, f"More than {most} operations in one request. Send them in several requests.")
    return [_operation(one) for one in found]


def _operation(one: object) -> Operation:
    if not isinstance(one, dict):
        raise invalid_syntax("Each operation must be an object with op, path and value.")
    fields = {name.casefold(): value for name, value in one.items()}
    path = fields.get("path") or ""
    if not isinstance(path, str):
        raise invalid_path("The path of an operation must be text, such as userName.")
    name = dialects.operation_name(fields.get("op"))
    if name == "remove" and not path.strip():
        raise no_target("A remove operation needs a path that says what to remove, such as title.")
    if name != "remove" and "value" not in fields:
        raise invalid_value(f"The {name} operation{f' at {path[:80]}' if path else ''} has no value.")
    return Operation(name, path.strip(), fields.get("value"))


def apply(kind: Kind, document: Document, wanted: list[Operation]) -> Document:
    """A changed copy; the given document stays as it is."""
    changed = copy.deepcopy(document)
    for operation in wanted:
        for single in singles(kind, operation):
            change(changed, target(kind, single.path), single.name, single.value)
    return changed


def singles(kind: Kind, operation: Operation) -> list[Operation]:
    """An operation without path, or at a whole extension, is one per attribute of its value (RFC 7644 §3.5.2.1); what we do
    not keep, or set ourselves, is passed over there (tests/recorded/okta/scim/group-rename-with-id)."""
    urn, rest = dialects.split_urn(kind, operation.path)
    if urn and not rest:
        return _whole_extension(kind, operation, urn)
    if operation.path:
        return [] if rest.casefold() == "password" else [operation]  # accepted and never kept, here as everywhere
    if not isinstance(operation.value, dict):
        raise invalid_value(
            f"The {operation.name} operation has no path, so its value must be an object of attributes."
        )
    found = []
    for name, value in dialects.expand_keys(kind, operation.value).items():
        urn, rest = dialects.split_urn(kind, name)
        if urn and not rest:
            found += _of_extension(kind, operation.name, urn, value)
        elif dialects.is_value_path(name) or _is_ours_to_set(kind, rest, urn):
            found.append(Operation(operation.name, name, value))
    return found


def _is_ours_to_set(kind: Kind, name: str, urn: str) -> bool:
    known = kind.resolve(name.partition(".")[0], urn)
    return known is not None and not known[1].read_only and known[1].name != "schemas"


def _of_extension(kind: Kind, name: str, urn: str, value: object) -> list[Operation]:
    if not isinstance(value, dict):
        return []
    return [Operation(name, f"{urn}:{inner}", one) for inner, one in value.items() if _is_ours_to_set(kind, inner, urn)]


def _whole_extension(kind: Kind, operation: Operation, urn: str) -> list[Operation]:
    schema = next((one for one in kind.extensions if one.urn == urn), None)
    if schema is None:
        raise invalid_path(
            f"The path is the schema {urn} itself. Write the attribute to change behind it, after a colon."
        )
    emptied = [Operation("remove", f"{urn}:{one.name}", None) for one in schema.attributes if not one.read_only]
    if operation.name == "remove":
        return emptied
    if not isinstance(operation.value, dict):
        raise invalid_value(f"The value at {urn} must be an object with the extension’s attributes.")
    filled = _of_extension(kind, "add", urn, operation.value)
    return filled if operation.name == "add" else emptied + filled


def target(kind: Kind, path: str) -> Target:
    """What a path points at: `attr`, `attr.sub`, `attr[filter]`, `attr[filter].sub`, each with or without a URN in front."""
    urn, rest = dialects.split_urn(kind, path)
    head, bracket, tail = rest.partition("[")
    inner = None
    if bracket:
        body, closed, after = tail.rpartition("]")
        if not closed:
            raise invalid_path(f"The path {path[:100]!r} has no closing bracket.")
        inner, rest = parse(body), head + after
    name, _, sub = rest.partition(".")
    found = kind.resolve(name, urn) if name else None
    if found is None:
        raise invalid_path(
            f"We keep no attribute at the path {path[:100]!r}. Take it out of the identity provider’s attribute mappings; "
            "our /Schemas page lists what we keep."
        )
    part = found[1].find(sub) if sub else None
    if sub and part is None:
        known = ", ".join(one.name for one in found[1].sub) or "none"
        raise invalid_path(f"{found[1].name} has no part called {sub[:60]!r}. Its parts: {known}.")
    return _writable(Target(found[0], found[1], inner, part), path)


def _writable(found: Target, path: str) -> Target:
    if found.attribute.read_only or (found.sub and found.sub.read_only) or found.attribute.name == "schemas":
        raise mutability(f"{path[:100]} is set by us and cannot be changed. Take it out of the attribute mappings.")
    if found.inner is not None and not found.attribute.many:
        raise invalid_path(f"{found.attribute.name} has one value only, so its path takes no [ ].")
    matching.check(found.inner, found.attribute)
    return found
