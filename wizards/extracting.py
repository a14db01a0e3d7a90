"""What of the guides' TOML is prose to be translated; the consoles' own labels are not."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

from wizards.saying import OURS

# By the place in its file: questions and advice, the messages of providers, titles, answers and hints of steps.
PROSE = re.compile(
    r"check\.(ask|fail|fix|fixes\.[^.]+)|advice\.fix|(idp\.[^.]+\.)?(idp_errors\.(means|fix)|metadata\.trap)"
    r"|console_variants\.name|((sso|scim|pull)\.steps|[a-z-]+)\.(title|options\.label|values\.hint)"
)
NAMES = frozenset({"SAML", "OpenID Connect"})


def words(
    file: BinaryIO, keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, str]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """For Babel: (line, function, message, comments)."""
    for text in sorted(prose(tomllib.load(file))):
        yield 1, "gettext", text, []


def prose(table: Mapping[str, object]) -> set[str]:
    return {text for place, text in _texts(table) if text in OURS or (PROSE.fullmatch(place) and text not in NAMES)}


def _texts(found: object, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for name, inner in found.items():
            yield from _texts(inner, f"{place}.{name}" if place else name)
    elif isinstance(found, list):
        for inner in found:
            yield from _texts(inner, place)
    elif isinstance(found, str) and found:
        yield place, found
