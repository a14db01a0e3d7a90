"""What reading an IdP’s own description of itself found, in words."""

import enum
from dataclasses import dataclass


class Level(enum.StrEnum):
    """An error means that it cannot be used; a warning, that somebody should act; info, that we understood."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    level: Level
    code: str
    words: str
    fix: str = ""
