"""What switching a directory on would do, told by kind: the dry run of the very same function (design.md §3)."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal.models import Directory, Membership
from portal.organizations import sync
from portal.organizations.people import Step
from wizards.choices import Change

SHOWN = 100


@dataclass(frozen=True)
class Line:
    """One person: who, and why this happens to them."""

    who: str
    email: str
    why: str


@dataclass(frozen=True)
class Kind:
    change: str
    words: str
    hint: str
    icon: str
    lines: list[Line] = field(default_factory=list)

    @property
    def shown(self) -> list[Line]:
        return self.lines[:SHOWN]


KINDS = (
    (
        Change.CONFLICT,
        (Step.CONFLICT, Step.REVIEW),
        "Need your attention",
        "Left alone until you decide.",
        "triangle-alert",
    ),
    (Change.CREATE, (Step.CREATE,), "Created", "New people, who can sign in at once.", "plus"),
    (Change.LINK, (Step.LINK,), "Linked", "Members already: they keep their account and their data.", "link"),
    (Change.UPDATE, (Step.UPDATE, Step.RESTORE), "Updated", "Linked before; name or state changes.", "refresh-cw"),
    (Change.DEACTIVATE, (Step.SUSPEND,), "Suspended", "Access ends at once; nothing is deleted.", "user-x"),
)
SAME = (Step.SAME, Step.SKIP)


@dataclass(frozen=True)
class Preview:
    kinds: tuple[Kind, ...]
    untouched: tuple[Line, ...]
    unchanged: int

    @property
    def total(self) -> int:
        return self.unchanged + sum(len(kind.lines) for kind in self.kinds)

    def count(self, change: str) -> int:
        return next((len(kind.lines) for kind in self.kinds if kind.change == change), 0)


def preview(directory: Directory) -> Preview:
    kinds = [Kind(change, words, hint, icon) for change, _, words, hint, icon in KINDS]
    place = {step: kind for kind, (_, steps, *_) in zip(kinds, KINDS, strict=True) for step in steps}
    unchanged = 0
    for row in sync.preview(directory):
        if row.decision.step in SAME:
            unchanged += 1
        else:
            line = Line(row.person.label, row.person.email or row.person.user_name, row.decision.why)
            place[row.decision.step].lines.append(line)
    return Preview(tuple(kinds), tuple(_left_alone(sync.untouched(directory))), unchanged)


def as_csv(directory: Directory) -> str:
    """Everybody, one line each; a spreadsheet must not take a name for a formula."""
    held = preview(directory)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["change", "name", "e-mail", "why"])
    for kind in held.kinds:
        writer.writerows(map(_plain, ((kind.words, line.who, line.email, line.why) for line in kind.lines)))
    writer.writerows(_plain(("Untouched", line.who, line.email, line.why)) for line in held.untouched)
    return written.getvalue()


def _left_alone(members: Sequence[Membership]) -> Iterable[Line]:
    return (Line(one.label, one.email, "The identity provider has not sent this member.") for one in members)


def _plain(cells: Iterable[str]) -> list[str]:
    return [f"'{cell}" if cell[:1] in "=+-@\t\r" else cell for cell in cells]
