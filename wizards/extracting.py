"""What of the guides' TOML is prose to be translated; the consoles' own labels are not."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

PROSE = frozenset({"title"})
OURS_BY_PLACE = frozenset({"mock", "looks", "labels"})  # what a console says stays in the console's language


def words(
    file: BinaryIO, keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, str]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """For Babel: (line, function, message, comments)."""
    for text in sorted({*_prose(tomllib.load(file))}):
        yield 1, "gettext", text, []


def _prose(found: object, key: str = "") -> Iterator[str]:
    if isinstance(found, dict):
        for name, inner in found.items():
            if name not in OURS_BY_PLACE:
                yield from _prose(inner, name)
    elif isinstance(found, list):
        for inner in found:
            yield from _prose(inner, key)
    elif isinstance(found, str) and key in PROSE and found:
        yield found
