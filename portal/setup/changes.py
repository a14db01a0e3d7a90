"""What switching a directory on would do, told by kind: the dry run of the very same function (design.md §3)."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal.models import Directory, Membership, Role
from portal.organizations import group_roles, sync
from portal.organizations.people import Step
from portal.words import _, _l
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
    change: Change
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
        _l("Need your attention"),
        _l("Left alone until you decide."),
        "triangle-alert",
    ),
    (Change.CREATE, (Step.CREATE,), _l("Created"), _l("New people, who can sign in at once."), "plus"),
    (Change.LINK, (Step.LINK,), _l("Linked"), _l("Members already: they keep their account and their data."), "link"),
    (
        Change.UPDATE,
        (Step.UPDATE, Step.RESTORE),
        _l("Updated"),
        _l("Linked before; name or state changes."),
        "refresh-cw",
    ),
    (Change.ROLE_CHANGE, (), _l("Another role"), _l("By the rules over groups."), "shield-check"),
    (Change.DEACTIVATE, (Step.SUSPEND,), _l("Suspended"), _l("Access ends at once; nothing is deleted."), "user-x"),
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
    kinds = {change: Kind(change, words, hint, icon) for change, steps, words, hint, icon in KINDS}
    place = {step: kinds[change] for change, steps, *_ in KINDS for step in steps}
    unchanged = 0
    for row in sync.preview(directory):
        if row.decision.step not in SAME:
            place[row.decision.step].lines.append(_line(row))
        elif row.role is None:
            unchanged += 1
        if row.role and row.decision.membership:
            kinds[_of_role(row)].lines.append(_role_line(row, row.decision.membership, row.role))
    return Preview(tuple(kinds.values()), tuple(_left_alone(sync.untouched(directory))), unchanged)


def _line(row: sync.Row) -> Line:
    why = _(row.decision.why) if row.decision.why else ""
    if row.role and row.decision.membership is None:
        why = " ".join(filter(None, (why, _("Role: %(role)s.", role=row.role.label))))
    return Line(row.person.label, row.person.email or row.person.user_name, why)


def _of_role(row: sync.Row) -> Change:
    membership = row.decision.membership
    last = membership and row.role and group_roles.takes_the_last_owner(membership, row.role)
    return Change.CONFLICT if last else Change.ROLE_CHANGE


def _role_line(row: sync.Row, membership: Membership, role: Role) -> Line:
    had = ", ".join(sorted(one.label for one in membership.roles)) or _("no role")
    if _of_role(row) is Change.CONFLICT:
        words = _(
            "The rules say %(role)s; the last owner stays %(former)s. Make somebody else an owner first.",
            role=role.label, former=had,
        )  # fmt: skip
    else:
        words = _("%(former)s becomes %(role)s.", former=had, role=role.label)
    return Line(row.person.label, row.person.email or row.person.user_name, words)


def as_csv(directory: Directory) -> str:
    """Everybody, one line each; a spreadsheet must not take a name for a formula (OWASP ASVS 1.2.10)."""
    held = preview(directory)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["change", "name", "e-mail", "why"])
    for kind in held.kinds:
        writer.writerows(map(_plain, ((str(kind.words), line.who, line.email, line.why) for line in kind.lines)))
    writer.writerows(_plain((_("Untouched"), line.who, line.email, line.why)) for line in held.untouched)
    return written.getvalue()


def _left_alone(members: Sequence[Membership]) -> Iterable[Line]:
    return (Line(one.label, one.email, _("The identity provider has not sent this member.")) for one in members)


def _plain(cells: Iterable[str]) -> list[str]:
    return [f"'{cell}" if cell[:1] in "=+-@\t\r\n\0" else cell for cell in cells]
