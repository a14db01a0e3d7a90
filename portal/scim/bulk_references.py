"""`bulkId:…` in place of an id: which operation needs which, in what order they run, and what stands in the end.

(RFC 7644 §3.7.1, §3.7.2.)
"""

import heapq
import re
from collections.abc import Iterable, Mapping, Sequence

from portal.scim.bulk_operations import Operation
from portal.scim.errors import ScimError, invalid_value

# The whole text, the last part of an address, or quoted within a path: members[value eq "bulkId:x"].
_NAMED = re.compile(r'(?:^|(?<=/)|(?<="))(?i:bulkId):([^"/]+)(?=$|")')
_WHOLE = re.compile(r"(?i:bulkId):([^/]+)")
_GONE = object()
Edges = list[set[int]]


def units(operations: Sequence[Operation]) -> list[list[int]]:
    """The order of work: as sent, but nothing before what it refers to; what refers to each other goes together."""
    edges = needs(operations)
    for after, before in _same_target(operations):
        edges[after].add(before)
    return _sorted(_circles(edges), edges)


def needs(operations: Sequence[Operation]) -> Edges:
    """For each operation the POSTs whose results it names."""
    makers = {one.bulk_id: index for index, one in enumerate(operations) if one.makes}
    return [
        {makers[name] for name in _names([one.data, one.target]) if name in makers} if one.problem is None else set()
        for one in operations
    ]


def resolve(value: object, ids: Mapping[str, str]) -> object:
    """The same with ids in place of references; one that names nothing in this request is refused."""
    if isinstance(value, dict):
        return {name: resolve(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [resolve(one, ids) for one in value]
    if not isinstance(value, str):
        return value
    whole = _WHOLE.fullmatch(value)
    if whole and whole[1] not in ids:
        raise invalid_value(f"{value[:80]!r} names no POST of this bulk request.")
    return _NAMED.sub(lambda found: ids.get(found[1], found[0]), value)


def without(value: object, missing: Iterable[str]) -> object:
    """The same without the values that refer to what is not made yet: a member, a manager."""
    kept = _kept(value, frozenset(missing))
    return {} if kept is _GONE else kept


def failed(name: str, why: ScimError | None = None) -> ScimError:
    """The answer to an operation that refers to one that failed (RFC 7644 §3.7.2: 409)."""
    words = f"It refers to bulkId {name[:60]!r}, which failed"
    return ScimError(409, f"{words}: {why.detail}" if why and why.detail else f"{words}. Mend that one first.")


def _names(value: object) -> set[str]:
    if isinstance(value, str):
        return {found[1] for found in _NAMED.finditer(value)}
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {name for one in inside for name in _names(one)}


def _kept(value: object, missing: frozenset[str]) -> object:
    if isinstance(value, str):
        return _GONE if _names(value) & missing else value
    if isinstance(value, list):
        return [kept for one in value if (kept := _kept(one, missing)) is not _GONE]
    if not isinstance(value, dict):
        return value
    found = {name: _kept(one, missing) for name, one in value.items()}
    if any(kept is _GONE and name in ("value", "$ref") for name, kept in found.items()):
        return _GONE
    return {name: kept for name, kept in found.items() if kept is not _GONE}


def _same_target(operations: Sequence[Operation]) -> Iterable[tuple[int, int]]:
    """What is done to one and the same resource stays in the order it was sent."""
    last: dict[str, int] = {}
    for index, one in enumerate(operations):
        if one.target:
            place = one.target.casefold()
            if place in last:
                yield index, last[place]
            last[place] = index


def _sorted(circles: list[list[int]], edges: Edges) -> list[list[int]]:
    """The earliest one sent that waits for nothing, again and again; a circle stands where its last one does."""
    unit_of = {index: number for number, circle in enumerate(circles) for index in circle}
    before = [
        {unit_of[one] for index in circle for one in edges[index]} - {number} for number, circle in enumerate(circles)
    ]
    waiting: list[list[int]] = [[] for _ in circles]
    for number, others in enumerate(before):
        for other in others:
            waiting[other].append(number)
    ready = [(max(circles[number]), number) for number, others in enumerate(before) if not others]
    heapq.heapify(ready)
    done: list[list[int]] = []
    while ready:
        _, number = heapq.heappop(ready)
        done.append(sorted(circles[number]))
        for other in waiting[number]:
            before[other].discard(number)
            if not before[other]:
                heapq.heappush(ready, (max(circles[other]), other))
    return done


def _circles(edges: Edges) -> list[list[int]]:
    """Tarjan's strongly connected components, with a stack of our own: a long chain must not exhaust Python's."""
    found: list[list[int]] = []
    number: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_ones: list[int] = []
    is_open: set[int] = set()
    for start in range(len(edges)):
        trail = [] if start in number else [(start, iter(sorted(edges[start])))]
        while trail:
            here, rest = trail[-1]
            if here not in number:
                number[here] = lowest[here] = len(number)
                open_ones.append(here)
                is_open.add(here)
            onward = next((one for one in rest if one not in number or one in is_open), None)
            if onward is not None and onward not in number:
                trail.append((onward, iter(sorted(edges[onward]))))
            elif onward is not None:
                lowest[here] = min(lowest[here], number[onward])
            else:
                trail.pop()
                if trail:
                    lowest[trail[-1][0]] = min(lowest[trail[-1][0]], lowest[here])
                if lowest[here] == number[here]:
                    found.append(_closed(open_ones, is_open, here))
    return found


def _closed(open_ones: list[int], is_open: set[int], last: int) -> list[int]:
    circle: list[int] = []
    while not circle or circle[-1] != last:
        circle.append(open_ones.pop())
        is_open.discard(circle[-1])
    return circle
