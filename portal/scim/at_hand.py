"""The write at hand: the request itself, or one operation of a bulk request (RFC 7644 §3.7).

Views read the body and the version they must match from here, so that they serve both and know of neither.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import g, request

Document = dict[str, object]


@dataclass(frozen=True)
class Part:
    """What one operation of a bulk request carries in place of body and If-Match."""

    data: Document = field(default_factory=dict)
    version: str = ""


def part() -> Part | None:
    """None where the request is the write."""
    found: Part | None = g.get("scim_part")
    return found


def wanted_version() -> str:
    one = part()
    return one.version if one else request.headers.get("If-Match", "")


@contextmanager
def one(operation: Part) -> Iterator[None]:
    g.scim_part = operation
    try:
        yield
    finally:
        g.scim_part = None
