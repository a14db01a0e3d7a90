"""Where pages ask whether a panel has changed: 200 with the new one, 204 when it has not, 286 when waiting is over."""

from flask import abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.setup import bp, kinds, places, showing, visitor
from portal.setup.kinds import pulling, testing, waiting, watching
from portal.web import htmx
from portal.web.access import access
from wizards.choices import StepType

PANELS = {
    StepType.TEST: testing.watched,
    StepType.WAIT_FOR_REQUEST: waiting.watched,
    StepType.WATCH: watching.watched,
    StepType.PULL: pulling.watched,
}


@bp.get("/run/<uuid:run_id>/<any(sso,scim):flow>/<step>/panel")
@access("setup")
def show_panel(flow: str, step: str) -> Response:
    place = places.find(visitor.run(), flow, step)
    look = PANELS.get(place.step.type)
    if look is None:
        abort(404)
    if not htmx.wants_fragment():
        return redirect(place.url, 303)
    panel = look(place)
    if panel.version == request.args.get("v"):
        return make_response("", 204)
    news = render_template(
        "setup/panel.html", panel=panel, place=place, news=True, end=kinds.of(place).end(place), home=showing.home(),
        then=showing.then(place), organization=place.seen.organization, start=testing.start_url(place),
    )  # fmt: skip
    return make_response(news, 200 if panel.every else 286)
