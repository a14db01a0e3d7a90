"""Putting real values into the {placeholders} of drawings and check texts."""

import re
from collections.abc import Iterator, Mapping

PLACEHOLDER = re.compile(r"(?<![%$])\{([a-z_]+(?:\.[a-z_]+)?)\}")  # %{…} and ${…} are the console's own
UNKNOWN = "…"


def fill(text: str, values: Mapping[str, object]) -> str:
    """Replace each `{name}`; what nobody knows yet (a token never shown again) becomes an ellipsis."""
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1]) or UNKNOWN), text)


def placeholders(text: str) -> Iterator[str]:
    return (found[1] for found in PLACEHOLDER.finditer(text))
