"""The questions a test sign-in answers, and what to say when the answer is no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

from wizards.conditions import noted
from wizards.filling import fill
from wizards.reading import Place, read_file, read_table

FOLDER = Path(__file__).parent
PROTOCOLS = ("saml", "oidc")
ANSWERS = frozenset({  # what a value says in words
    noted("nothing"), noted("none"), noted("no attributes"), noted("given and family name"), noted("more than 30 days"),
    noted("any verified domain (there is none yet)"), noted("a day that cannot be read"),
})  # fmt: skip


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


def said(line: Mapping[str, object]) -> dict[str, object]:
    """A kept line of a report in the words of whoever reads it; `texts` and `values` are what it was made of."""
    values, texts = line.get("values"), line.get("texts")
    shown = {name: _said(str(line.get(name) or "")) for name in ("expected", "got")}
    found = dict(line) | shown | {"ask": _(str(line["ask"])) if line.get("ask") else ""}
    if isinstance(values, dict) and isinstance(texts, list | tuple) and len(texts) == 2:
        known = {name: _said(str(value)) for name, value in values.items()}
        name = known.get("idp")
        known |= {"idp": _(name)} if name else {}
        found |= {"words": fill(_(texts[0]), known), "fix": fill(_(texts[1]), known)}
    return found


def _said(value: str) -> str:
    return _(value) if value in ANSWERS else value


def by_code(code: str) -> Check | None:
    """The check that a python3-saml error code answers with no."""
    return next((check for check in load().values() if code in check.codes), None)
