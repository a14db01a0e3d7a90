"""What one configuration of an IdP says otherwise than another, in words for whoever switches it on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from portal.words import _

T = TypeVar("T")


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


def between(before: T, after: T, said: Mapping[str, Callable[[T], str]]) -> list[Difference]:
    """`said` is what is compared, each under the label people know it by."""
    told = [(_(label), say(before), say(after)) for label, say in said.items()]
    return [Difference(label, old or _("nothing"), new or _("nothing")) for label, old, new in told if old != new]
