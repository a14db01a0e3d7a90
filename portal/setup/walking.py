"""Walking through a guide: a step is shown, and submitted."""

from flask import redirect
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.organizations import setup_runs
from portal.organizations.refusals import Refused
from portal.setup import bp, kinds, places, showing, visitor
from portal.setup.places import Place
from portal.setup.showing import Redo
from portal.web.access import access


@bp.get("/run/<uuid:run_id>/<any(sso,scim):flow>/<step>")
@access("setup")
def show_step(flow: str, step: str) -> Response:
    return show(places.find(visitor.run(), flow, step))


@bp.post("/run/<uuid:run_id>/<any(sso,scim):flow>/<step>")
@access("setup")
def submit_step(flow: str, step: str) -> Response:
    place = places.find(visitor.run(), flow, step)
    try:
        redo = kinds.of(place).submit(place)
    except Refused as refusal:
        redo = Redo((str(refusal),))
    if redo:
        db.session.rollback()
        return show(places.find(visitor.run(), flow, step), redo)
    setup_runs.finish(place.run, flow, step)
    db.session.commit()
    return onward(place)


def show(place: Place, redo: Redo | None = None) -> Response:
    kind = kinds.of(place)
    return showing.page(place, kind.slots(place, redo), kind.end(place), redo)


def onward(place: Place) -> Response:
    """To the next step. What was just answered may have changed which one that is."""
    onward = place.flow.shown(place.seen.facts)
    number = onward.index(place.step) + 1
    return redirect(place.url_of(onward[number] if number < len(onward) else place.step), 303)
