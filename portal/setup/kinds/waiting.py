"""Waiting for the IdP to call: the portal notices by itself, names what came, and explains what came wrongly."""

from collections.abc import Mapping, Sequence

from flask import render_template
from markupsafe import Markup

from portal.settings import current
from portal.setup import requests
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.polling import Panel, panel
from portal.setup.requests import Told
from portal.setup.showing import End, Redo
from portal.words import _, ngettext, noted
from wizards.choices import Awaited, Mishap
from wizards.definition import Expected

ARRIVED = {
    Awaited.AUTHENTICATED_REQUEST: noted("%(idp)s has called us."),
    Awaited.USER_RECEIVED: noted("%(idp)s has sent %(people)s."),
    Awaited.GROUP_RECEIVED: noted("%(idp)s has sent %(groups)s."),
    Awaited.CYCLE_IDLE: noted("The round is complete: %(people)s and %(groups)s."),
}
WAITING = {
    Awaited.AUTHENTICATED_REQUEST: noted("Waiting for the first request of %(idp)s …"),
    Awaited.USER_RECEIVED: noted("Waiting for the first person …"),
    Awaited.GROUP_RECEIVED: noted("Waiting for the first group …"),
    Awaited.CYCLE_IDLE: noted("Waiting for the round to end: %(people)s and %(groups)s so far …"),
}


class Waiting(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        return {"wait_panel": Markup(render_template("setup/_panel.html", panel=watched(place), news=False))}  # noqa: S704

    def end(self, place: Place) -> End:
        if place.done:
            return End()
        label = _("Skip this step") if place.step.optional else _("Go on, it will be noticed later")
        return End(label=label, primary=False)


def watched(place: Place) -> Panel:
    arrived = place.states[place.step.id] == "done"
    rows = _told(place)
    event = place.step.event or Awaited.AUTHENTICATED_REQUEST
    received = place.seen.received
    words = _(
        (ARRIVED if arrived else WAITING)[event], idp=place.spoken,
        people=ngettext("%(num)s person", "%(num)s people", received.people),
        groups=ngettext("%(num)s group", "%(num)s groups", received.groups),
    )  # fmt: skip
    body = render_template(
        "setup/panels/_wait.html", place=place, arrived=arrived, words=words, rows=rows, first=_first(rows),
        insecure=Mishap.NOT_HTTPS in place.step.also_show and not (current().secure or current().practice),
    )  # fmt: skip
    return panel("wait", place, body, ends=arrived, slow=place.step.slow_after_s > 600)


def _told(place: Place) -> list[Told]:
    if place.seen.directory is None:
        return []
    expect = expected(place)
    return [requests.told(exchange, place.seen, expect) for exchange in requests.latest(place.seen.directory)]


def expected(place: Place) -> Expected:
    """What the guide says of this IdP's first request, wherever in the flow it says so."""
    return next((step.expect for step in place.flow.steps if step.expect.first), Expected())


def _first(rows: Sequence[Told]) -> Told | None:
    """The first request that went well, among those still kept."""
    return next((row for row in reversed(rows) if row.kind == "ok"), None)
