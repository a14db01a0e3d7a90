"""The questions a test sign-in answers, and what to say when the answer is no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from wizards.reading import Place, read_file, read_table

FOLDER = Path(__file__).parent
PROTOCOLS = ("saml", "oidc")


class Level(StrEnum):
    """How bad a `no` is: an error stops sign-ins, advice does not, info is nothing to act on."""

    ERROR = "error"
    ADVICE = "advice"
    INFO = "info"


@dataclass(frozen=True)
class Check:
    """One question. Texts hold {placeholders}; `wizards.filling.fill` puts the values in.

    `codes` are the python3-saml error codes that answer no `fixes` are better advice than `fix` for one kind of
    answer, by the word found in it. `accept` are the answers that are fine, where a list decides.
    """

    id: str
    ask: str
    fail: str
    fix: str
    level: Level = Level.ERROR
    codes: tuple[str, ...] = ()
    fixes: Mapping[str, str] = field(default_factory=dict)
    accept: tuple[str, ...] = ()
    pick_idp_error: bool = False

    def advice(self, got: str = "") -> str:
        return next((text for word, text in self.fixes.items() if word in got), self.fix)


@dataclass(frozen=True)
class _Catalogue:
    check: tuple[Check, ...]


@cache
def load(protocol: str = "saml") -> Mapping[str, Check]:
    """Every check of this protocol by its id, in the order they are shown."""
    file = FOLDER / f"{protocol}_checks.toml"
    return {check.id: check for check in read_table(_Catalogue, read_file(file), Place(file)).check}


def ids() -> set[str]:
    """Every check there is, whatever the protocol."""
    return {id for protocol in PROTOCOLS for id in load(protocol)}


def by_code(code: str) -> Check | None:
    """The check that a python3-saml error code answers with no."""
    return next((check for check in load().values() if code in check.codes), None)
