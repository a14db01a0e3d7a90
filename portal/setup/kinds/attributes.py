"""Which attribute of the tested answer is used for what; nobody types an attribute's name."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from markupsafe import Markup

from portal.organizations import connections
from portal.organizations.refusals import NoConfiguration
from portal.setup import visitor
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo

FIELDS = {
    "email": ("E-mail address", "Who the person is here. Required."),
    "given_name": ("First name", ""),
    "family_name": ("Last name", ""),
    "display_name": ("Full name", "Used where first and last name are missing."),
    "groups": ("Groups", "Only shown to support; roles come from provisioning."),
    "stable_id": ("Id that never changes", "Ties a person to the directory even when their address changes."),
}


@dataclass(frozen=True)
class Row:
    """One of our fields: which attribute it is read from now, and what there is to choose from."""

    name: str
    label: str
    hint: str
    chosen: str


class Attributes(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        made = render_template(
            "setup/slots/_attributes.html", place=place, rows=rows(place), samples=samples(place),
            name_id=_name_id(place), test=place.seen.arrived,
        )  # fmt: skip
        return {"attribute_map": Markup(made)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=False)

    def submit(self, place: Place) -> Redo | None:
        there = samples(place)
        mapping = {name: value for name in FIELDS if (value := request.form.get(name, "")) in there}
        if "email" not in mapping and "@" not in _name_id(place):
            return Redo(("Choose which attribute holds the e-mail address; the Name ID is not one.",))
        if place.seen.connection is None:
            raise NoConfiguration
        connections.set_mapping(place.seen.connection, mapping, by=visitor.here().actor)
        return None


def rows(place: Place) -> list[Row]:
    """What was saved before, else our guess from what every IdP calls it."""
    saved = place.seen.target.configuration.mapping if place.seen.target else {}
    guess = _suggestions(place) | ({"stable_id": place.step.prefer_stable_id} if _has_stable_id(place) else {})
    chosen = saved or guess
    return [Row(name, label, hint, chosen.get(name, "")) for name, (label, hint) in FIELDS.items()]


def samples(place: Place) -> dict[str, str]:
    """Each attribute that arrived, with its first values."""
    test = place.seen.arrived
    found = test.report.get("attributes") if test else None
    if not isinstance(found, dict):
        return {}
    return {str(name): _short(values) for name, values in found.items() if isinstance(values, list)}


def _suggestions(place: Place) -> dict[str, str]:
    test = place.seen.arrived
    found = test.report.get("suggestions") if test else None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _has_stable_id(place: Place) -> bool:
    return bool(place.step.prefer_stable_id) and place.step.prefer_stable_id in samples(place)


def _name_id(place: Place) -> str:
    return str(place.seen.arrived.report.get("name_id") or "") if place.seen.arrived else ""


def _short(values: list[object]) -> str:
    text = ", ".join(map(str, values[:3])) + (f" and {len(values) - 3} more" if len(values) > 3 else "")
    return text if len(text) <= 60 else f"{text[:59]}…"
