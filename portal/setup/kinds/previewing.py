"""The preview: what would happen to whom. Nothing can be switched on before somebody has looked at the newest one."""

from collections.abc import Mapping

from flask import g, render_template, request, url_for
from markupsafe import Markup

from portal.organizations import setup_runs
from portal.organizations.refusals import NeedsSingleSignOn
from portal.setup import changes
from portal.setup.changes import Preview
from portal.setup.evidence import PREVIEWED
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo
from portal.words import _


class Previewing(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        if place.seen.directory is None:
            raise NeedsSingleSignOn
        made = render_template(
            "setup/slots/_preview.html", place=place, preview=of(place),
            csv_url=url_for("setup.download_preview", run_id=place.run.id),
        )  # fmt: skip
        return {"preview": Markup(made)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(_("I have looked at this: continue"), hidden={"basis": place.seen.received.basis})

    def submit(self, place: Place) -> Redo | None:
        """What was looked at must be what there is: people may have arrived meanwhile."""
        if why := place.closed:
            return Redo(why)
        basis = request.form.get("basis", "")
        if basis != place.seen.received.basis:
            words = _("%(idp)s has sent changes while you were reading. This is the newest preview.", idp=place.spoken)
            return Redo((words[0].upper() + words[1:],), status=409)
        setup_runs.answer(place.run, PREVIEWED, basis)
        return None


def of(place: Place) -> Preview:
    """Computed once for the page."""
    if place.seen.directory is None:
        raise NeedsSingleSignOn
    if "preview" not in g:
        g.preview = changes.preview(place.seen.directory)
    found: Preview = g.preview
    return found
