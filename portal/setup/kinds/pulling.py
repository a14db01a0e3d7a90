"""Watching a directory being read: how far it is, what went wrong and where to mend it, and doing it now."""

from collections.abc import Mapping

from flask import render_template
from markupsafe import Markup

from portal.models import DirectoryPull
from portal.models.base import now
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.polling import Panel, panel
from portal.setup.showing import End, Redo
from portal.words import _, noted

PHASES = {
    "people": noted("Reading people: %(done)s so far …"),
    "groups": noted("Reading groups: %(done)s of %(total)s …"),
    "writing": noted("Comparing with what we hold: %(done)s of %(total)s …"),
    "membership": noted("Comparing groups: %(done)s of %(total)s …"),
    "leavers": noted("Looking who has left …"),
}


class Pulling(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        return {"pull_panel": Markup(render_template("setup/_panel.html", panel=watched(place), news=False))}  # noqa: S704

    def end(self, place: Place) -> End:
        return End() if place.done else End(label=_("Go on, it will be noticed later"), primary=False)


def watched(place: Place) -> Panel:
    pull = place.seen.pull
    body = render_template("setup/panels/_pull.html", place=place, pull=pull, progress=progress(pull))
    return panel("pull", place, body, ends=place.done and not _busy(pull))


def progress(pull: DirectoryPull | None) -> str:
    """How far the pull that is under way is; empty while none is."""
    if pull is None or not pull.under_way(now()):
        return ""
    values = {"phase": "", "done": 0, "total": 0} | pull.progress
    return _(PHASES.get(str(values["phase"]), noted("Reading …")), done=values["done"], total=values["total"])


def _busy(pull: DirectoryPull | None) -> bool:
    return pull is not None and (pull.under_way(now()) or (pull.due_at is not None and pull.due_at <= now()))
