"""The one strict JSON reader, for SCIM and the API: what it lets through, a database can keep and a program can trust."""

import json
import re
from typing import NoReturn

DEEPEST = 32
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORTH_A_LOOK = re.compile(r"\\u|[0-9]{19}")  # without these there is no NUL, no half of a pair, no number too large
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class BadJson(ValueError):
    """`str()` says what is wrong with the document, in words for the person who sent it."""


def read(body: bytes, *, largest: int, deepest: int = DEEPEST) -> dict[str, object]:
    """A JSON object of at most `largest` bytes: UTF-8, at most `deepest` levels, no NaN or infinity, no name twice, no NUL and no
    half of a surrogate pair."""
    if len(body) > largest:
        raise BadJson(f"The body is larger than the {largest} bytes we accept.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadJson("The body is not UTF-8.") from None
    _refuse_depth(text, deepest)
    closely = _WORTH_A_LOOK.search(text) is not None
    try:
        document = json.loads(
            text,
            parse_constant=_refuse_constant, object_pairs_hook=_closely if closely else _once, parse_float=_finite,
            parse_int=_short,
        )  # fmt: skip
    except (json.JSONDecodeError, RecursionError):
        raise BadJson("The body is not JSON.") from None
    if not isinstance(document, dict):
        raise BadJson("The body must be a JSON object.")
    return document


def _refuse_depth(text: str, deepest: int) -> None:
    """Counted before parsing: a thousand brackets would exhaust the parser's stack."""
    depth = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
            if depth > deepest:
                raise BadJson(f"The body is nested deeper than {deepest} levels.")
        elif character in "]}":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not a JSON value.")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadJson(f"{text[:20]} is too large a number.")
    return value


def _short(text: str) -> int:
    """Python itself refuses to read more than 4,300 digits, by an error of its own."""
    if len(text) > 20:
        raise BadJson("A number is too large.")
    return int(text)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJson(f"The name {twice[:60]!r} stands twice in one object.")
    return found


def _closely(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for name, value in pairs:
        _refuse_text(name)
        _refuse_texts(value)
    return _once(pairs)


def _refuse_texts(value: object) -> None:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            _refuse_text(one)
        elif isinstance(one, list):
            _refuse_texts(one)
        elif isinstance(one, int) and not isinstance(one, bool) and abs(one) >= 2**63:
            raise BadJson("A number is too large.")


def _refuse_text(text: str) -> None:
    if "\x00" in text:
        raise BadJson("A text contains a NUL character.")
    if _LONE_SURROGATE.search(text):
        raise BadJson("A text contains half of a surrogate pair.")
