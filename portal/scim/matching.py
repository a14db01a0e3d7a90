"""Whether one element in memory passes a filter in [ ], and the element a filter describes."""

from collections.abc import Callable

from portal.models.base import fold
from portal.scim import measures
from portal.scim.attributes import BINARY, BOOLEAN, NUMBER, Attribute
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


def check(node: Node | None, attribute: Attribute) -> None:
    """A filter in [ ] is wrong or right whether or not there are elements it could be asked about."""
    if node is not None:
        holds(node, {}, attribute)
    if isinstance(node, Both | Either):  # `holds` stops at the first part that decides
        for part in node.parts:
            check(part, attribute)
    if isinstance(node, Not):
        check(node.part, attribute)


def seed(node: Node | None, attribute: Attribute) -> Element | None:
    """`type eq "work"` describes {"type": "work"}; other filters describe nothing."""
    if isinstance(node, Both):
        parts = [seed(part, attribute) for part in node.parts]
        return None if None in parts else {name: value for part in parts if part for name, value in part.items()}
    if not isinstance(node, Compare) or node.operator != "eq" or node.value is None:
        return None
    part = attribute.find(node.path.name)
    if part is None or part.read_only or part.type in measures.MEASURES:
        return None
    return {part.name: _truth(node.value) if part.type == BOOLEAN else str(node.value)}


def _compare(node: Compare, element: Element, attribute: Attribute) -> bool:
    part = part_of(attribute, node)
    kept = element.get(part.name)
    if node.operator == "pr":
        return kept is not None
    if part.type in (BOOLEAN, BINARY) and node.operator in ("gt", "ge", "lt", "le"):
        raise invalid_filter(f"{part.name} has no order: compare it with eq, ne or pr.")
    if kept is None or node.value is None:
        return {"eq": kept is node.value, "ne": kept is not node.value}.get(node.operator, False)
    if part.type == BOOLEAN:
        return (bool(kept) == _truth(node.value)) == (node.operator == "eq")
    if part.type == NUMBER:
        return _number(node, kept)
    return passes(node, str(kept), case_exact=part.case_exact)


def _number(node: Compare, kept: object) -> bool:
    wanted, own = measures.number(node.value), measures.number(kept)
    if node.operator in ("co", "sw", "ew") or wanted is None or own is None:
        raise invalid_filter(f"{node.path.name} is a number: compare it with a number by eq, ne, gt, ge, lt, le or pr.")
    ways = {"eq": own == wanted, "ne": own != wanted, "gt": own > wanted, "ge": own >= wanted, "lt": own < wanted}
    return ways.get(node.operator, own <= wanted)


def passes(node: Compare, text: str, *, case_exact: bool = False) -> bool:
    """One text against the value of a comparison."""
    if node.value is None:
        return node.operator in ("ne", "pr")
    one, other = (text, str(node.value)) if case_exact else (fold(text), fold(str(node.value)))
    return _WAYS[node.operator](one, other)


def part_of(attribute: Attribute, node: Compare) -> Attribute:
    """The part a comparison in [ ] is about."""
    part = attribute.find(node.path.name)
    if part is None or node.path.sub or node.path.urn:
        named = f"{node.path.name}.{node.path.sub}" if node.path.sub else node.path.name
        known = ", ".join(one.name for one in attribute.sub)
        raise invalid_filter(f"{attribute.name} has no part called {named[:60]!r}. Its parts are {known}.")
    return part


def _truth(value: object) -> bool:
    return value.lower() == "true" if isinstance(value, str) else bool(value)


_WAYS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda one, other: one == other, "ne": lambda one, other: one != other, "co": lambda one, other: other in one,
    "sw": str.startswith, "ew": str.endswith, "gt": lambda one, other: one > other, "ge": lambda one, other: one >= other,
    "lt": lambda one, other: one < other, "le": lambda one, other: one <= other,
}  # fmt: skip
