"""One PATCH operation at its target: what is set in a document, added to it, or taken from it (RFC 7644 §3.5.2.1 to §3.5.2.3)."""

from dataclasses import dataclass

from portal.scim import dialects, matching
from portal.scim.attributes import COMPLEX, Attribute
from portal.scim.cleaning import clean_value, is_hollow, keep_one_primary, merge, too_many_values
from portal.scim.errors import invalid_value, mutability, no_target
from portal.scim.filters import Node
from portal.settings import current

Document = dict[str, object]


@dataclass(frozen=True)
class Target:
    """`extension` is the URN whose object holds the attribute; `inner` the filter in [ ]; `sub` one part."""

    extension: str
    attribute: Attribute
    inner: Node | None = None
    sub: Attribute | None = None

    @property
    def place(self) -> str:
        return f"{self.attribute.name}.{self.sub.name}" if self.sub else self.attribute.name


def change(document: Document, target: Target, name: str, value: object) -> None:
    """`name` is add, replace or remove."""
    holder = document
    if target.extension:
        holder = document.setdefault(target.extension, {})  # type: ignore[assignment]
    if name == "remove":
        _remove(holder, target, value)
    elif target.attribute.many:
        _set_many(holder, target, name, value)
    else:
        _set_one(holder, target, value)
    if target.extension and not holder:
        del document[target.extension]


def _set_one(holder: Document, target: Target, value: object) -> None:
    name = target.attribute.name
    former = holder.get(name)
    if target.sub:
        whole = dict(former) if isinstance(former, dict) else {}
        _put(whole, target.sub.name, clean_value(target.sub, value, target.place))
        _put(holder, name, dialects.without_stale_reference(former, whole) or None)
        return
    cleaned = clean_value(target.attribute, value, name)
    if target.attribute.type == COMPLEX and isinstance(former, dict) and isinstance(cleaned, dict):
        cleaned = dialects.without_stale_reference(former, former | cleaned)  # RFC 7644 §3.5.2.3: the rest stays
    _put(holder, name, cleaned)


def _set_many(holder: Document, target: Target, operation: str, value: object) -> None:
    name = target.attribute.name
    elements = _elements(holder, name)
    if target.inner is None and target.sub is None:
        fresh = _elements({name: clean_value(target.attribute, value, name)}, name)
        elements = _added(elements, fresh) if operation == "add" else fresh
    else:
        elements = _chosen_changed(elements, target, operation, value)
    if len(elements) > current().scim_max_values:
        raise too_many_values(name)
    _put(holder, name, elements or None)


def _added(elements: list[Document], fresh: list[Document]) -> list[Document]:
    """What is there already is not added again (RFC 7644 §3.5.2.1)."""
    now = [merge(elements, one) for one in fresh]
    return keep_one_primary(elements, now)


def _chosen_changed(elements: list[Document], target: Target, operation: str, value: object) -> list[Document]:
    """The elements chosen by [ ] take the value. Where none is, one is made from the filter: Entra fails without it
    (tests/recorded/entra/scim/value-path-on-absent-element)."""
    fresh = _fresh(target, value)
    seed = matching.seed(target.inner, target.attribute)
    chosen = [one for one in elements if matching.holds(target.inner, one, target.attribute)]
    if not chosen:
        if seed is None:
            raise no_target(
                f"No value of {target.attribute.name} matches the filter of the path, so nothing can be changed."
            )
        chosen = [dict(seed)]
        elements = [*elements, *chosen]
    for one in chosen:
        if operation == "replace" and target.sub is None:  # RFC 7644 §3.5.2.3: the whole element
            one.clear()
            one.update(seed or {})
        one.update(fresh)
        emptied = [name for name, part in one.items() if part is None]
        for name in emptied:
            del one[name]
        if emptied and is_hollow(one):
            one.clear()
    return keep_one_primary([one for one in elements if one], chosen)


def _fresh(target: Target, value: object) -> Document:
    if target.sub:
        return {target.sub.name: clean_value(target.sub, value, target.place)}
    found = _elements({"found": clean_value(target.attribute, value, target.place)}, "found")
    if len(found) != 1:
        raise invalid_value(f"The path chooses among {target.place}; give one value for it, as an object.")
    return found[0]


def _remove(holder: Document, target: Target, value: object) -> None:
    name = target.attribute.name
    if target.attribute.required and not target.sub:
        raise mutability(f"{name} is required and cannot be removed. Replace it instead.")
    if target.attribute.many and (target.inner is not None or target.sub or value is not None):
        _put(holder, name, _without(_elements(holder, name), target, value) or None)
    elif target.sub:
        former = holder.get(name)
        whole = dict(former) if isinstance(former, dict) else {}
        whole.pop(target.sub.name, None)
        _put(holder, name, whole or None)
    else:
        holder.pop(name, None)


def _without(elements: list[Document], target: Target, value: object) -> list[Document]:
    kept = []
    for one in elements:
        if not (matching.holds(target.inner, one, target.attribute) and dialects.is_named(one, value)):
            kept.append(one)
        elif target.sub:
            one.pop(target.sub.name, None)
            kept += [] if is_hollow(one) else [one]
    return kept


def _elements(holder: Document, name: str) -> list[Document]:
    """A list as `cleaning` keeps it: of objects only."""
    found = holder.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _put(holder: Document, name: str, value: object) -> None:
    if value is None:
        holder.pop(name, None)
    else:
        holder[name] = value
