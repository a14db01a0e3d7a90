"""What is done on the steps of a pull besides taking them: trying an administrator, agreeing at Google, pulling now."""

from flask import Response as Page
from flask import abort, flash, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.google import consent
from portal.google.troubles import NotRead
from portal.organizations import pulls
from portal.organizations.refusals import Refused
from portal.setup import bp, places, visitor, walking
from portal.setup.kinds import connecting
from portal.setup.places import Place
from portal.setup.showing import Redo
from portal.web import limits
from portal.web.access import access
from portal.web.pages import send_away
from portal.words import _
from wizards.choices import InputField

STEP = "/run/<uuid:run_id>/<any(sso,scim):flow>/<step>"
ASKS = 6


@bp.post(f"{STEP}/try")
@access("setup")
def try_administrator(flow: str, step: str) -> Page:
    """While somebody types: reads, and keeps nothing."""
    place = _asking_for(InputField.ADMIN, flow, step)
    problem, names, mend = connecting.looked_at(place)
    return make_response(
        render_template("setup/slots/_tried.html", place=place, problem=problem, names=names, mend=mend)
    )


@bp.post(f"{STEP}/pull")
@access("setup")
def pull_now(flow: str, step: str) -> Response:
    place = places.find(visitor.run(), flow, step)
    pull = place.seen.pull or abort(404)
    if not limits.allows_per_minute(ASKS, "pull-now", str(pull.id)):
        return walking.show(place, Redo((_("We asked a moment ago. Give it a little time."),), status=429))
    try:
        pulls.ask_now(pull, by=visitor.here().actor)
    except Refused as refusal:
        db.session.rollback()
        return walking.show(places.find(visitor.run(), flow, step), Redo((str(refusal),)))
    db.session.commit()
    flash(_("We read the directory now."))
    return redirect(place.url, 303)


@bp.post(f"{STEP}/consent")
@access("setup")
def begin_consent(flow: str, step: str) -> Page:
    place = _asking_for(InputField.CONSENT, flow, step)
    if not consent.offered():
        abort(404)
    lead = _("Sign in there as a super administrator, and agree. You come back to this step.")
    return send_away(connecting.begin_consent(place), title=_("Taking you to Google"), lead=lead)


@bp.get("/consent")
@access("public")
def show_consent() -> Page:
    """Where Google sends the administrator back. Looking changes nothing: one button carries the answer to the step."""
    begun, state = session.get("consent") or {}, request.args.get("state", "")
    ours = bool(state) and state == begun.get("state")
    code = request.args.get("code", "") if ours else ""
    title = _("Google agrees") if code else _("Google sent you back without consent")
    response = make_response(
        render_template("setup/consent.html", title=title, step=begun.get("step", ""), code=code, state=state)
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.post(f"{STEP}/consent/answer")
@access("setup")
def finish_consent(flow: str, step: str) -> Response:
    place = _asking_for(InputField.CONSENT, flow, step)
    try:
        connecting.finish_consent(place)
    except NotRead as trouble:
        db.session.rollback()
        return walking.show(places.find(visitor.run(), flow, step), Redo(connecting.told(trouble)))
    db.session.commit()
    return walking.onward(places.find(visitor.run(), flow, step))


def _asking_for(field: InputField, flow: str, step: str) -> Place:
    place = places.find(visitor.run(), flow, step)
    return place if field in place.step.fields else abort(404)
