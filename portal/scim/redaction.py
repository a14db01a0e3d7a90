"""What of a request may be kept for people to read: the values of attributes we know, and no others.

A secret cannot be told by its name: what is not in `attributes.py` and no word of the protocol is shown as “…”.
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import quote, unquote_plus

from portal.scim.attributes import COMMON, KINDS, Attribute
from portal.scim.credentials import OURS

HIDDEN = "…"
MOST = 100
QUESTIONS = frozenset({
    "filter", "sortby", "sortorder", "startindex", "count", "cursor", "attributes", "excludedattributes",
})  # fmt: skip
MESSAGES = frozenset({
    "schemas", "operations", "op", "path", "value", "method", "bulkid", "data", "version", "failonerrors",
    "grant_type", "client_id", "scope",
})  # fmt: skip
Names = frozenset[str]


def _named(rows: tuple[Attribute, ...]) -> Iterator[str]:
    for row in rows:
        yield row.name.casefold()
        yield from _named(row.sub)


_SCHEMAS = [schema for kind in KINDS for schema in (kind.schema, *kind.extensions)]
_URNS = [schema.urn.casefold() for schema in _SCHEMAS]
_KNOWN = QUESTIONS | MESSAGES | frozenset(_named(COMMON)).union(_URNS, *(_named(one.attributes) for one in _SCHEMAS))
_CHOICE = re.compile(r"\[.*\]")
_COMPARISON = re.compile(
    r"""(?P<name>[A-Za-z$_][\w$:.-]*)(?P<operator>\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s()\]]+)""",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(scim_[\w-]{0,7})[\w-]{8,}")


def body(value: object, own: Names = frozenset()) -> object:
    """`own` are the names, in small letters, of what an organization added."""
    if isinstance(value, list):
        return [body(one, own) for one in value[:MOST]]
    if not isinstance(value, dict):
        return value
    aimed_at_the_unknown = _is_operation(value) and not _is_known(_path(value), own)
    return {
        name: HIDDEN if aimed_at_the_unknown and name.casefold() == "value" else _part(str(name), one, own)
        for name, one in islice(value.items(), MOST)
    }


def address(full: str) -> str:
    """Path and query; a parameter that is none of SCIM's keeps its name only."""
    path, mark, query = full.partition("?")
    return path + mark + "&".join(map(_parameter, query.split("&"))) if mark else path


def expression(text: str, own: Names = frozenset()) -> str:
    """A filter without the values that something unknown is compared with."""

    def shown(found: re.Match[str]) -> str:
        return found[0] if _is_known(found["name"], own) else f"{found['name']}{found['operator']}{HIDDEN}"

    return _COMPARISON.sub(shown, text)


def storable(text: str) -> str:
    """No NUL and no half of a surrogate pair, which databases refuse; and no token of ours, wherever somebody pasted it."""
    if text.isascii() and "\x00" not in text and OURS not in text:  # as most are
        return text
    kept = text.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode()
    return _TOKEN.sub(rf"\1{HIDDEN}", kept)


def _part(name: str, value: object, own: Names) -> object:
    if not _is_known(name, own):
        return HIDDEN
    if isinstance(value, str) and name.casefold() in ("filter", "path"):
        return expression(value, own)
    return body(value, own)


def _parameter(pair: str) -> str:
    name, sign, value = pair.partition("=")
    if not sign:
        return name
    asked = unquote_plus(name).casefold()
    if asked not in QUESTIONS:
        return f"{name}={HIDDEN}"
    said = unquote_plus(value)
    kept = expression(said) if asked == "filter" else said
    return pair if kept == said else f"{name}={quote(kept, safe='')}"


def _is_operation(value: dict[str, object]) -> bool:
    return any(name.casefold() == "op" for name in value) and bool(_path(value))


def _path(value: dict[str, object]) -> str:
    found = next((one for name, one in value.items() if name.casefold() == "path"), "")
    return found if isinstance(found, str) else ""


def _is_known(name: str, own: Names) -> bool:
    """Also with its URN, its part behind a dot, or a filter in [ ]."""
    lowered = name.strip().casefold()
    if lowered in _KNOWN or lowered in own:
        return True
    urn = next((one for one in (*_URNS, *own) if lowered.startswith((f"{one}:", f"{one}."))), "")
    bare = _CHOICE.sub("", lowered[len(urn) + 1 :] if urn else lowered)
    return all(part in _KNOWN or part in own for part in bare.split("."))
