"""What is done on a step besides taking it: a token, the console's generation, undo, handing back, the preview as a file."""

import uuid

from flask import Response as Page
from flask import abort, flash, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.organizations import directories, handing_over, setup_runs, sync, tokens
from portal.organizations.refusals import Refused
from portal.setup import bp, changes, imports, places, visitor, walking
from portal.setup.kinds import client, confirming, groups
from portal.setup.places import Place
from portal.setup.showing import FreshToken, Redo
from portal.web import limits
from portal.web.access import access
from portal.words import _, ngettext
from wizards.choices import Action, StepType
from wizards.definition import TokenOffer

STEP = "/run/<uuid:run_id>/<any(sso,scim):flow>/<step>"
NONCES = "token.nonces"
DELEGATIONS = 5


@bp.post(f"{STEP}/token")
@access("setup")
def create_token(flow: str, step: str) -> Response:
    """Shown in this answer only. The same form sent again makes no second one."""
    visitor.require_proof()
    place = places.find(visitor.run(), flow, step)
    offer, directory = _offer(place), place.seen.directory or abort(404)
    if not _use_nonce(place, request.form.get("nonce", "")):
        return walking.show(
            place, Redo((_("This token was made and shown once already. Make another if it is lost."),))
        )
    days = request.form.get("days", 0, type=int)
    days = days if days in offer.expires_days else offer.expires_days[0]
    row, secret = tokens.issue(directory, by=visitor.here().actor, name=offer.name, days=days)
    db.session.commit()
    g.fresh_token = FreshToken(row, secret)
    return walking.show(places.find(visitor.run(), flow, step))


@bp.post(f"{STEP}/token/<uuid:token_id>/revoke")
@access("setup")
def revoke_token(flow: str, step: str, token_id: uuid.UUID) -> Response:
    place = places.find(visitor.run(), flow, step)
    directory = place.seen.directory or abort(404)
    token = tokens.get(directory, token_id) or abort(404)
    tokens.revoke(token, directory, by=visitor.here().actor)
    db.session.commit()
    flash(_("The token %(prefix)s… no longer works.", prefix=token.prefix))
    return redirect(place.url, 303)


@bp.post(f"{STEP}/variant")
@access("setup")
def choose_variant(flow: str, step: str) -> Response:
    place = places.find(visitor.run(), flow, step)
    variant = request.form.get("variant", "")
    if variant not in {one.id for one in place.wizard.console_variants}:
        abort(400)
    setup_runs.choose_variant(place.run, variant)
    db.session.commit()
    return redirect(place.url, 303)


@bp.post(f"{STEP}/check")
@access("setup")
def check_metadata(flow: str, step: str) -> Page:
    """Live findings while typing: reads, and changes nothing."""
    place = places.find(visitor.run(), flow, step)
    if place.step.type is not StepType.INPUT_METADATA:
        abort(404)
    seen = imports.take(place)
    return make_response(render_template("setup/slots/_findings.html", place=place, seen=None if seen.empty else seen))


@bp.post(f"{STEP}/client/check")
@access("setup")
def check_client(flow: str, step: str) -> Page:
    """The same for an OpenID provider; the database is let go of while it is asked."""
    place = places.find(visitor.run(), flow, step)
    if place.step.type is not StepType.INPUT_CLIENT:
        abort(404)
    seen = client.look(place) if request.form.get("issuer", "").strip() else None
    return make_response(render_template("setup/slots/_client_findings.html", place=place, seen=seen))


@bp.post(f"{STEP}/undo")
@access("setup")
def undo(flow: str, step: str) -> Response:
    place = places.find(visitor.run(), flow, step)
    if place.step.undo is None or not visitor.here().may_go_live:
        abort(404)
    visitor.require_proof()
    confirming.undo(place)
    db.session.commit()
    return redirect(place.url, 303)


@bp.post(f"{STEP}/hand-back")
@access("setup")
def hand_back(flow: str, step: str) -> Response:
    """A link that may not go live asks somebody who may."""
    place = places.find(visitor.run(), flow, step)
    if place.step.action is None:
        abort(404)
    if not limits.allows_per_minute(1, "hand-back", str(place.run.id)):
        return walking.show(place, Redo((_("They were told a moment ago. Give them a little time."),), status=429))
    deed = confirming.DEEDS[place.step.action]
    told = handing_over.back(place.run, flow, deed.what, place.absolute_url, by=visitor.here().actor)
    db.session.commit()
    flash(
        ngettext(
            "Handed back. %(num)s person was told by e-mail.", "Handed back. %(num)s people were told by e-mail.", told
        )
    )
    return redirect(place.url, 303)


@bp.post(f"{STEP}/sending-back")
@access("setup")
def send_back(flow: str, step: str) -> Response:
    """Not approved: whoever prepared it reads why."""
    place = places.find(visitor.run(), flow, step)
    words = request.form.get("words", "").strip()
    if visitor.here().link or place.step.action is None:
        abort(404)
    if not words:
        return walking.show(place, Redo((_("Say in a sentence what should be changed."),)))
    handing_over.return_to_sender(place.run, flow, words, by=visitor.here().actor)
    db.session.commit()
    flash(_("Sent back. Your words are shown where it was handed over."))
    return redirect(place.url, 303)


@bp.post(f"{STEP}/delegation")
@access("setup")
def delegate(flow: str, step: str) -> Response:
    """This one step for a colleague, by mail."""
    place = places.find(visitor.run(), flow, step)
    here = visitor.here()
    if not limits.allows_per_minute(DELEGATIONS, "delegation", str(place.run.id)):
        return walking.show(place, Redo((_("Several were sent just now. Wait a minute."),), status=429))
    try:
        link = handing_over.to_colleague(
            here.link, place.seen.organization, flow, request.form.get("email", ""),
            target=place.url, what=place.step.title, by=here.actor,
        )  # fmt: skip
    except Refused as refusal:
        db.session.rollback()
        return walking.show(places.find(visitor.run(), flow, step), Redo((str(refusal),)))
    db.session.commit()
    flash(_("A link to this step is on its way to %(email)s.", email=link.email))
    return redirect(place.url, 303)


@bp.post(f"{STEP}/groups/<uuid:group_id>/<any(up,down):way>")
@access("setup")
def move_group(flow: str, step: str, group_id: uuid.UUID, way: str) -> Response:
    place = places.find(visitor.run(), flow, step)
    groups.move(place, group_id, -1 if way == "up" else 1)
    db.session.commit()
    return redirect(place.url, 303)


@bp.post(f"{STEP}/groups/preview")
@access("setup")
def preview_groups(flow: str, step: str) -> Response:
    """Who would get another role. Reads, and changes nothing."""
    place = places.find(visitor.run(), flow, step)
    return walking.show(place, groups.try_out(place))


@bp.post(f"{STEP}/retry", defaults={"person_id": None})
@bp.post(f"{STEP}/retry/<uuid:person_id>")
@access("setup")
def retry(flow: str, step: str, person_id: uuid.UUID | None) -> Response:
    place = places.find(visitor.run(), flow, step)
    directory = place.seen.directory or abort(404)
    if place.step.type is not StepType.WATCH or not visitor.here().may_go_live:
        abort(404)
    done = sync.retry(directory, person_id, by=directories.actor_of(directory))
    db.session.commit()
    flash(
        ngettext("%(num)s person is in force now.", "%(num)s people are in force now.", done)
        if done
        else _("The reason is still the same.")
    )
    return redirect(place.url, 303)


@bp.post(f"{STEP}/policy")
@access("setup")
def choose_policy(flow: str, step: str) -> Response:
    """Offered, or required: asked for after somebody really signed in."""
    place = places.find(visitor.run(), flow, step)
    if place.step.action is not Action.ACTIVATE_SSO or not visitor.here().may_go_live:
        abort(404)
    try:
        confirming.choose_policy(place, request.form.get("policy", ""))
    except Refused as refusal:
        db.session.rollback()
        return walking.show(places.find(visitor.run(), flow, step), Redo((str(refusal),)))
    db.session.commit()
    return redirect(place.url, 303)


@bp.get("/run/<uuid:run_id>/scim/preview.csv")
@access("setup")
def download_preview() -> Page:
    run = visitor.run()
    seen = places.evidence_of(run)
    response = make_response(changes.as_csv(seen.directory or abort(404)))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="preview-{run.organization.slug}.csv"'
    return response


def _offer(place: Place) -> TokenOffer:
    return next((value.create for value in place.step.values if value.create), None) or abort(404)


def _use_nonce(place: Place, nonce: str) -> bool:
    """The last ones used are enough: a browser sends the page again that it shows."""
    used = place.run.choices.get(NONCES)
    used = used if isinstance(used, list) else []
    if not nonce or nonce in used:
        return False
    setup_runs.remember(place.run, NONCES, [*used, nonce[:32]][-20:])
    return True
