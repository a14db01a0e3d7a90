"""Whether one element in memory passes a filter in [ ], and the element a filter describes."""

from collections.abc import Callable

from portal.models.base import key
from portal.scim.attributes import BOOLEAN, Attribute
from portal.scim.errors import invalid_filter
from portal.scim.filters import Both, Compare, Either, Node, Not, Within

Element = dict[str, object]


def holds(node: Node | None, element: Element, attribute: Attribute) -> bool:
    if node is None:
        return True
    if isinstance(node, Both):
        return all(holds(part, element, attribute) for part in node.parts)
    if isinstance(node, Either):
        return any(holds(part, element, attribute) for part in node.parts)
    if isinstance(node, Not):
        return not holds(node.part, element, attribute)
    if isinstance(node, Within):
        raise invalid_filter("A filter in [ ] holds no other one.")
    return _compare(node, element, attribute)


def seed(node: Node | None, attribute: Attribute) -> Element | None:
    """`type eq "work"` describes {"type": "work"}; other filters describe nothing."""
    if isinstance(node, Both):
        parts = [seed(part, attribute) for part in node.parts]
        return None if None in parts else {name: value for part in parts if part for name, value in part.items()}
    if not isinstance(node, Compare) or node.operator != "eq" or node.value is None:
        return None
    part = attribute.find(node.path.name)
    if part is None or part.read_only:
        return None
    return {part.name: _truth(node.value) if part.type == BOOLEAN else str(node.value)}


def _compare(node: Compare, element: Element, attribute: Attribute) -> bool:
    part = attribute.find(node.path.name)
    if part is None:
        raise invalid_filter(f"{attribute.name} has no part called {node.path.name}.")
    kept = element.get(part.name)
    if node.operator == "pr":
        return kept is not None
    if part.type == BOOLEAN:
        return (bool(kept) == _truth(node.value)) == (node.operator == "eq")
    if kept is None or node.value is None:
        return (kept is None and node.value is None) == (node.operator == "eq")
    one, other = (str(kept), str(node.value)) if part.case_exact else (key(str(kept)), key(str(node.value)))
    return _WAYS[node.operator](one, other)


def _truth(value: object) -> bool:
    return value.lower() == "true" if isinstance(value, str) else bool(value)


_WAYS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda one, other: one == other, "ne": lambda one, other: one != other, "co": lambda one, other: other in one,
    "sw": str.startswith, "ew": str.endswith, "gt": lambda one, other: one > other, "ge": lambda one, other: one >= other,
    "lt": lambda one, other: one < other, "le": lambda one, other: one <= other,
}  # fmt: skip
