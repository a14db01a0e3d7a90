"""Which attribute of a tested answer is used for what; nobody types an attribute's name."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.words import _l, ngettext

FIELDS = {
    "email": (_l("E-mail address"), _l("Who the person is here. Required.")),
    "given_name": (_l("First name"), ""),
    "family_name": (_l("Last name"), ""),
    "display_name": (_l("Full name"), _l("Used where first and last name are missing.")),
    "groups": (_l("Groups"), _l("Rules can turn them into roles, where no directory does.")),
    "roles": (_l("Roles"), _l("The same, for providers that send roles beside groups.")),
    "stable_id": (_l("Id that never changes"), _l("Ties a person to the directory even when their address changes.")),
}
Report = Mapping[str, object]


@dataclass(frozen=True)
class Row:
    """One of our fields: which attribute it is read from now, and what there is to choose from."""

    name: str
    label: str
    hint: str
    chosen: str


def rows(chosen: Mapping[str, str]) -> list[Row]:
    return [Row(name, label, hint, chosen.get(name, "")) for name, (label, hint) in FIELDS.items()]


def samples(report: Report) -> dict[str, str]:
    """Each attribute that arrived, with its first values."""
    found = report.get("attributes")
    if not isinstance(found, dict):
        return {}
    return {str(name): _short(values) for name, values in found.items() if isinstance(values, list)}


def suggestions(report: Report) -> dict[str, str]:
    found = report.get("suggestions")
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def name_id(report: Report) -> str:
    return str(report.get("name_id") or "")


def taken(given: Mapping[str, str], there: Mapping[str, str]) -> dict[str, str]:
    """What was chosen, of what is there."""
    return {name: value for name in FIELDS if (value := given.get(name, "")) in there}


def _short(values: list[object]) -> str:
    text, more = ", ".join(map(str, values[:3])), len(values) - 3
    if more > 0:
        text = ngettext("%(values)s and %(num)s more", "%(values)s and %(num)s more", more, values=text)
    return text if len(text) <= 60 else f"{text[:59]}…"
