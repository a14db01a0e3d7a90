"""The test sign-in: a new tab there and back, a report of every check, and what to do when nothing came back."""

from collections.abc import Mapping
from datetime import timedelta

from flask import render_template
from markupsafe import Markup

from portal.models.base import now
from portal.saml import showing
from portal.setup import guides
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.polling import Panel, panel
from portal.setup.showing import End, Redo
from portal.web import sso
from portal.words import _

SILENT = timedelta(seconds=60)
WAITING = timedelta(minutes=15)


class Testing(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        made = render_template("setup/slots/_test.html", place=place, panel=watched(place), start=start_url(place))
        return {"test_panel": Markup(made)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(primary=place.seen.proven, shown=place.seen.proven)

    def submit(self, place: Place) -> Redo | None:
        if not place.seen.proven:
            return Redo((_("Test a sign-in first: these settings have not passed one yet."),))
        return None


def start_url(place: Place) -> str:
    connection = place.seen.connection
    return sso.test_address(connection, "start_test") if connection else ""


def watched(place: Place) -> Panel:
    """Changes when a test was started, came back, or stays away for too long."""
    tests = place.seen.tests
    last = tests[0] if tests else None
    silent = last is not None and last.finished_at is None and now() - last.started_at > SILENT
    connection = place.seen.connection
    body = render_template(
        "setup/panels/_test.html", place=place, last=last, history=tests[1:], connection=connection, silent=silent,
        shown=showing.shown(connection, last) if connection else None,
        current=bool(last and place.seen.target and last.config_hash == place.seen.target.config_hash),
        mishaps=guides.mishaps(place.wizard, place.step.idp_errors),
    )  # fmt: skip
    underway = last is None or (last.finished_at is None and now() - last.started_at < WAITING)
    return panel("test", place, body, slow=not underway)
