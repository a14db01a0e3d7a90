"""Files of an export, in pieces that can be named: one JSON document, or one on each line (NDJSON)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from portal.moving_in.shape import Notes

MOST_BYTES = 1_000_000_000


class Unreadable(ValueError):
    """A file that is no export at all; the words say which, and why."""


@dataclass(frozen=True)
class Piece:
    where: str
    value: object


def pieces(paths: Sequence[Path], notes: Notes) -> Iterator[Piece]:
    for path in paths:
        yield from _pieces(path, notes)


def _pieces(path: Path, notes: Notes) -> Iterator[Piece]:
    text = _text(path)
    try:
        document = _parsed(text)
    except ValueError as problem:
        yield from _lines(path, text, notes, str(problem))
        return
    if isinstance(document, list):
        for place, value in enumerate(document, 1):
            yield Piece(f"{path.name}, entry {place}", value)
    else:
        yield Piece(path.name, document)


def _lines(path: Path, text: str, notes: Notes, problem: str) -> Iterator[Piece]:
    """A broken line among good ones is told and passed over; a file without any good one is refused."""
    found = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield Piece(f"{path.name}, line {number}", _parsed(line))
            found = True
        except ValueError:
            if not found:
                raise Unreadable(f"{path.name} is not JSON: {problem}") from None
            notes.row(f"{path.name}, line {number}", "not JSON")
    if not found:
        raise Unreadable(f"{path.name} is empty.")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"{path.name} is larger than a gigabyte. Give it in parts.")
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not text in UTF-8.") from None


def _parsed(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
