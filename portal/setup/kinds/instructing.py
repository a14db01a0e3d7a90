"""Something to do in the console that the portal cannot see: words, and Continue."""

from collections.abc import Mapping
from dataclasses import replace

from flask import render_template
from markupsafe import Markup

from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import Redo, our_values
from wizards.definition import Setting
from wizards.filling import fill


class Instructing(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        return {"values": settings(place), "claims": claims(place)}


def claims(place: Place) -> Markup:
    """The rows of the console's attribute table that this organization needs."""
    rows = [claim for claim in place.step.claims if claim.when.holds(place.seen.facts)]
    return Markup(render_template("setup/slots/_claims.html", claims=rows, place=place)) if rows else Markup("")  # noqa: S704


def settings(place: Place) -> Markup:
    if not place.step.settings:
        return Markup("")
    return Markup(render_template("setup/slots/_settings.html", settings=filled(place), place=place))  # noqa: S704


def filled(place: Place) -> list[Setting]:
    """The settings of the step, with our own values in them."""
    known = our_values(place)
    return [replace(one, value=fill(one.value, known)) for one in place.step.settings]
