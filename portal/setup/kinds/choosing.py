"""A question that decides which steps follow."""

from collections.abc import Mapping

from flask import render_template, request
from markupsafe import Markup

from portal.organizations import setup_runs
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo
from portal.words import _


class Choosing(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        recommended = next((option.id for option in place.step.options if option.recommended), "")
        chosen = place.seen.answers.get(place.step.field) or recommended
        return {"options": Markup(render_template("setup/slots/_options.html", place=place, chosen=chosen))}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=False)

    def submit(self, place: Place) -> Redo | None:
        chosen = request.form.get("choice", "")
        if chosen not in {option.id for option in place.step.options}:
            return Redo((_("Choose one of the answers, then continue."),))
        setup_runs.answer(place.run, place.step.field, chosen)
        return None
