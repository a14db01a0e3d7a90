"""Which attribute of the tested answer is used for what, in a guide."""

from collections.abc import Mapping

from flask import render_template, request
from markupsafe import Markup

from portal.organizations import connections
from portal.organizations.refusals import NoConfiguration
from portal.saml import mapping
from portal.saml.mapping import Report, Row
from portal.setup import visitor
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo
from portal.words import _


class Attributes(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        report = _report(place)
        made = render_template(
            "setup/slots/_attributes.html", place=place, rows=rows(place), samples=mapping.samples(report),
            name_id=mapping.name_id(report), test=place.seen.arrived,
        )  # fmt: skip
        return {"attribute_map": Markup(made)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=False)

    def submit(self, place: Place) -> Redo | None:
        report = _report(place)
        chosen = mapping.taken(request.form, mapping.samples(report))
        if "email" not in chosen and "@" not in mapping.name_id(report):
            return Redo((_("Choose which attribute holds the e-mail address; the Name ID is not one."),))
        if place.seen.connection is None:
            raise NoConfiguration
        connections.set_mapping(place.seen.connection, chosen, by=visitor.here().actor)
        return None


def rows(place: Place) -> list[Row]:
    """What was saved before, else our guess from what every IdP calls it."""
    report, preferred = _report(place), place.step.prefer_stable_id
    guess = mapping.suggestions(report)
    if preferred and preferred in mapping.samples(report):
        guess |= {"stable_id": preferred}
    saved = place.seen.target.configuration.mapping if place.seen.target else {}
    return mapping.rows(saved or guess)


def _report(place: Place) -> Report:
    return place.seen.arrived.report if place.seen.arrived else {}
