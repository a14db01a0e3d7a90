"""Where pages ask whether a panel has changed: 200 with the new one, 204 when it has not, 286 when waiting is over."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from portal.setup import bp, places, visitor
from portal.setup.kinds import testing, waiting, watching
from portal.web.access import access
from wizards.choices import StepType

PANELS = {
    StepType.TEST: testing.watched,
    StepType.WAIT_FOR_REQUEST: waiting.watched,
    StepType.WATCH: watching.watched,
}


@bp.get("/run/<uuid:run_id>/<any(sso,scim):flow>/<step>/panel")
@access("setup")
def show_panel(flow: str, step: str) -> Response:
    place = places.find(visitor.run(), flow, step)
    look = PANELS.get(place.step.type)
    if look is None:
        return make_response("", 404)
    panel = look(place)
    if panel.version == request.args.get("v"):
        return make_response("", 204)
    return make_response(render_template("setup/_panel.html", panel=panel, news=True), 200 if panel.every else 286)
