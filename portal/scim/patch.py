"""PATCH on a document (RFC 7644 §3.5.2): in order, all or nothing, every form of a path."""

import copy
from dataclasses import dataclass

from portal.scim import dialects, matching
from portal.scim.attributes import COMPLEX, Attribute, Kind
from portal.scim.cleaning import clean_value, keep_one_primary
from portal.scim.errors import invalid_path, invalid_syntax, invalid_value, mutability, no_target
from portal.scim.filters import Node, parse
from portal.settings import current

Document = dict[str, object]
MESSAGE = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Operation:
    name: str
    path: str
    value: object


@dataclass(frozen=True)
class Target:
    """`extension` is the URN whose object holds the attribute; `inner` the filter in [ ]; `sub` one part."""

    extension: str
    attribute: Attribute
    inner: Node | None = None
    sub: Attribute | None = None


def operations(body: Document) -> list[Operation]:
    """The operations of a PatchOp message; names and capitals as IdPs write them."""
    found = next((value for name, value in body.items() if name.casefold() == "operations"), None)
    if not isinstance(found, list) or not found:
        raise invalid_syntax("The request has no Operations.")
    if len(found) > current().scim_max_operations:
        raise invalid_value(f"More than {current().scim_max_operations} operations in one request.")
    return [_operation(one) for one in found]


def _operation(one: object) -> Operation:
    if not isinstance(one, dict):
        raise invalid_syntax("Each operation is an object.")
    fields = {name.casefold(): value for name, value in one.items()}
    path = fields.get("path") or ""
    if not isinstance(path, str):
        raise invalid_path("A path is text.")
    name = dialects.operation_name(fields.get("op"))
    if name == "remove" and not path:
        raise no_target("A remove operation needs a path that says what to remove.")
    if name != "remove" and "value" not in fields:
        raise invalid_value(f"A {name} operation needs a value.")
    return Operation(name, path, fields.get("value"))


def apply(kind: Kind, document: Document, wanted: list[Operation]) -> Document:
    """A changed copy; the given document stays as it is."""
    changed = copy.deepcopy(document)
    for operation in wanted:
        for single in _single(kind, operation):
            _apply(changed, _target(kind, single.path), single)
    return changed


def _single(kind: Kind, operation: Operation) -> list[Operation]:
    """An operation without path, or at a whole extension, is one per attribute of its value; what we do not keep is passed
    over there."""
    urn, rest = dialects.split_urn(kind, operation.path.strip())
    if urn and not rest:
        return _whole_extension(kind, operation, urn)
    if operation.path:
        return [operation]
    if not isinstance(operation.value, dict):
        raise invalid_value("Without a path, the value must be an object of attributes.")
    found = []
    for name, value in dialects.expand_keys(kind, operation.value).items():
        urn, rest = dialects.split_urn(kind, name)
        if urn and not rest and isinstance(value, dict):
            found += [
                Operation(operation.name, f"{urn}:{inner}", one)
                for inner, one in value.items()
                if kind.resolve(inner, urn)
            ]
        elif (
            (known := kind.resolve(rest, urn))
            and known[1].name not in ("id", "schemas", "meta")
            and not known[1].read_only
        ):
            found.append(Operation(operation.name, name, value))
    return found


def _whole_extension(kind: Kind, operation: Operation, urn: str) -> list[Operation]:
    schema = next((one for one in kind.extensions if one.urn == urn), None)
    if schema is None:
        raise invalid_path("Name the attribute to change, not the schema.")
    emptied = [Operation("remove", f"{urn}:{one.name}", None) for one in schema.attributes if not one.read_only]
    if operation.name == "remove":
        return emptied
    if not isinstance(operation.value, dict):
        raise invalid_value(f"The value at {urn} must be an object.")
    filled = [
        Operation("add", f"{urn}:{name}", one) for name, one in operation.value.items() if kind.resolve(name, urn)
    ]
    return filled if operation.name == "add" else emptied + filled


def _target(kind: Kind, path: str) -> Target:
    urn, rest = dialects.split_urn(kind, path.strip())
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
        raise invalid_path(f"We keep no attribute at the path {path[:100]!r}.")
    part = found[1].find(sub) if sub else None
    if sub and part is None:
        raise invalid_path(f"{found[1].name} has no part called {sub[:60]}.")
    return _writable(Target(found[0], found[1], inner, part), path)


def _writable(target: Target, path: str) -> Target:
    if target.attribute.read_only or (target.sub and target.sub.read_only) or target.attribute.name == "schemas":
        raise mutability(f"{path[:100]} is set by us and cannot be changed.")
    if target.inner is not None and not target.attribute.many:
        raise invalid_path(f"{target.attribute.name} has one value only, so it takes no [ ].")
    return target


def _apply(document: Document, target: Target, operation: Operation) -> None:
    holder = document
    if target.extension:
        holder = document.setdefault(target.extension, {})  # type: ignore[assignment]
    if operation.name == "remove":
        _remove(holder, target, operation.value)
    elif target.attribute.many:
        _set_many(holder, target, operation)
    else:
        _set_one(holder, target, operation.value)
    if target.extension and not holder:
        del document[target.extension]


def _set_one(holder: Document, target: Target, value: object) -> None:
    name = target.attribute.name
    if target.sub:
        whole = dict(holder.get(name) or {})  # type: ignore[call-overload]
        _put(whole, target.sub.name, clean_value(target.sub, value, f"{name}.{target.sub.name}"))
        _put(holder, name, whole or None)
        return
    cleaned = clean_value(target.attribute, value, name)
    former = holder.get(name)
    if target.attribute.type == COMPLEX and isinstance(former, dict) and isinstance(cleaned, dict):
        cleaned = former | cleaned
    _put(holder, name, cleaned)


def _set_many(holder: Document, target: Target, operation: Operation) -> None:
    name = target.attribute.name
    elements = list(holder.get(name) or [])  # type: ignore[call-overload]
    if target.inner is None and target.sub is None:
        fresh = list(clean_value(target.attribute, operation.value, name) or [])  # type: ignore[call-overload]
        added = [one for one in fresh if one not in elements]
        elements = keep_one_primary(elements + added, newest=bool(added)) if operation.name == "add" else fresh
    else:
        elements = _changed(elements, target, operation.value)
    _put(holder, name, elements or None)


def _changed(elements: list[object], target: Target, value: object) -> list[object]:
    """The elements chosen by [ ] take the value. Where none is, one is made from the filter: Entra fails without it
    (tests/recorded/entra/scim/value-path-on-absent-element)."""
    fresh = _fresh(target, value)
    chosen = [one for one in elements if isinstance(one, dict) and matching.holds(target.inner, one, target.attribute)]
    if not chosen:
        seed = matching.seed(target.inner, target.attribute)
        if seed is None:
            raise no_target(f"No value of {target.attribute.name} matches the filter of the path.")
        chosen = [seed]
        elements = [*elements, seed]
    for one in chosen:
        one.update(fresh)
        for name in [name for name, part in one.items() if part is None]:
            del one[name]
    return keep_one_primary([one for one in elements if one], newest=True)


def _fresh(target: Target, value: object) -> Document:
    place = target.attribute.name
    if target.sub:
        return {target.sub.name: clean_value(target.sub, value, f"{place}.{target.sub.name}")}
    found = clean_value(target.attribute, value, place)
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
        raise invalid_value(f"Give one value for {place}.")
    return found[0]


def _remove(holder: Document, target: Target, value: object) -> None:
    name = target.attribute.name
    if target.attribute.required and not target.sub:
        raise mutability(f"{name} is required and cannot be removed.")
    if target.attribute.many and (target.inner is not None or target.sub or value):
        _put(holder, name, _without(list(holder.get(name) or []), target, value) or None)  # type: ignore[call-overload]
    elif target.sub:
        whole = dict(holder.get(name) or {})  # type: ignore[call-overload]
        whole.pop(target.sub.name, None)
        _put(holder, name, whole or None)
    else:
        holder.pop(name, None)


def _without(elements: list[object], target: Target, value: object) -> list[object]:
    """Entra names in the value which ones to remove; that must not empty the list (tests/recorded/entra/scim/…)."""
    listed = {str(one.get("value")) for one in value if isinstance(one, dict)} if isinstance(value, list) else None
    kept: list[object] = []
    for one in elements:
        assert isinstance(one, dict)  # noqa: S101 (cleaned when it was kept)
        chosen = (
            str(one.get("value")) in listed
            if listed is not None
            else matching.holds(target.inner, one, target.attribute)
        )
        if chosen and target.sub:
            one.pop(target.sub.name, None)
        if one and not (chosen and target.sub is None):
            kept.append(one)
    return kept


def _put(holder: Document, name: str, value: object) -> None:
    if value is None:
        holder.pop(name, None)
    else:
        holder[name] = value
