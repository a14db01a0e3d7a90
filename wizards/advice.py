"""What to do, and in which console, when a SCIM request was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

from wizards.definition import Wizard
from wizards.filling import fill
from wizards.reading import Place, read_file, read_table

FILE = Path(__file__).parent / "scim_advice.toml"


@dataclass(frozen=True)
class Advice:
    """Fits an answer of one of these statuses that holds one of these words; what is left out fits all."""

    id: str
    fix: str
    status: tuple[int, ...] = ()
    words: tuple[str, ...] = ()

    def fits(self, status: int, detail: str) -> bool:
        known = not self.status or status in self.status
        return known and (not self.words or any(word in detail for word in self.words))


@dataclass(frozen=True)
class _Catalogue:
    advice: tuple[Advice, ...]


@cache
def load() -> tuple[Advice, ...]:
    return read_table(_Catalogue, read_file(FILE), Place(FILE)).advice


def of(status: int, detail: str, wizard: Wizard) -> str:
    """In the words of this provider's console."""
    found = next(one for one in load() if one.fits(status, detail))
    labels: Mapping[str, object] = {f"label.{key}": label for key, label in wizard.labels_here.items()}
    usual = {"label.scim_token": _("the token"), "label.scim_base_url": _("the base URL")}
    return fill(_(found.fix), {**usual, **labels, "idp": _(wizard.spoken), "console": _(wizard.console)})
