"""The first page of set-up: the usual identity providers first, then the others, and finding one by its name."""

from dataclasses import dataclass
from functools import reduce

from portal.setup import guides
from portal.words import _
from wizards.definition import Wizard
from wizards.facts import UNKNOWN, Idp


@dataclass(frozen=True)
class Tile:
    wizard: Wizard
    known: Idp | None
    minutes: int

    @property
    def name(self) -> str:
        return _(self.wizard.name)

    @property
    def roles(self) -> str:
        """Who can do it over there; each by itself is enough."""
        said = [str(self.wizard.said(role)) for role in self.wizard.roles]
        return reduce(lambda one, other: _("%(one)s or %(other)s", one=one, other=other), said) if said else ""

    def is_called(self, wanted: str) -> bool:
        names = [self.name, self.wizard.name, self.wizard.spoken, *(self.known.also_called if self.known else ())]
        return any(wanted in _letters(name) for name in names)


@dataclass(frozen=True)
class Picker:
    """`common` and `others` are what was asked for; `any_other` is always there."""

    common: tuple[Tile, ...]
    others: tuple[Tile, ...]
    any_other: Tile | None
    query: str

    @property
    def found(self) -> tuple[Tile, ...]:
        return self.common + self.others

    @property
    def all(self) -> tuple[Tile, ...]:
        return self.found + ((self.any_other,) if self.any_other else ())


def picker(flow: str, query: str) -> Picker:
    tiles = [Tile(wizard, known, getattr(wizard.minutes, flow)) for wizard, known in guides.for_flow(flow)]
    wanted = _letters(query)
    found = [tile for tile in tiles if tile.wizard.id != UNKNOWN and tile.is_called(wanted)]
    return Picker(
        tuple(tile for tile in found if tile.wizard.common),
        tuple(tile for tile in found if not tile.wizard.common),
        next((tile for tile in tiles if tile.wizard.id == UNKNOWN), None),
        query,
    )


def _letters(text: str) -> str:
    """As people type it: “adfs” is AD FS."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
