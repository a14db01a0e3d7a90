"""Showing again that it is you, before something weighty; the page of `web.sudo`."""

from flask import Response as Page
from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.auth import bp
from portal.auth.entering import count_try
from portal.auth.forms import CodeForm, LinkForm, ProofForm
from portal.extensions import db
from portal.models import Factor, PasskeyPurpose, Shown
from portal.organizations import connections, factors, local_ways, passkeys, passwords
from portal.organizations.refusals import Refused
from portal.settings import current
from portal.web import limits, session, targets
from portal.web.access import access
from portal.web.tenant import actor
from portal.words import _


@bp.get("/prove")
@access("signed-in")
def show_proof() -> Page:
    return _page()


@bp.post("/prove/password")
@access("signed-in")
def prove_by_password() -> Response:
    form, person = ProofForm(), session.person()
    count_try()
    if not form.validate_on_submit() or not limits.allows_password(person.email):
        return _page(_("Too many tries. Wait a while, or show it another way."))
    if not passwords.is_right(person, form.password.data or ""):
        limits.count_wrong_password(person.email)
        return _page(_("This is not your password."))
    return _proved(None)


@bp.post("/prove/code")
@access("signed-in")
def prove_by_code() -> Response:
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(_("Type the code."))
    count_try()
    try:
        shown = factors.check_code(session.person(), form.code.data or "", by=actor())
    except Refused as refusal:
        db.session.commit()  # a wrong code counts
        return _page(str(refusal))
    return _proved(shown)


@bp.post("/prove/passkey/options")
@access("signed-in")
def ask_for_own_passkey() -> Page:
    count_try()
    options = passkeys.begin_proving(session.person())
    db.session.commit()
    return Page(options, mimetype="application/json")


@bp.post("/prove/passkey")
@access("signed-in")
def prove_by_passkey() -> Response:
    count_try()
    try:
        passkey = passkeys.check(request.form.get("credential", ""), PasskeyPurpose.PROVE, session.person())
    except Refused as refusal:
        db.session.rollback()
        return _page(str(refusal))
    return _proved(Shown(Factor.PASSKEY, passkey.id))


def _proved(shown: Shown | None) -> Response:
    local_ways.prove(session.current_session(), shown, by=actor())
    db.session.commit()
    return redirect(targets.local(request.form.get("next")) or current().after_sign_in_url, 303)


def _page(problem: str = "") -> Page:
    person, row = session.person(), session.current_session()
    target, by_factor = targets.local(request.values.get("next")), "factor" in request.values
    local = row.local and local_ways.allowed(person)
    connection = connections.get(row.connection_id) if row.connection_id else None
    made = render_template(
        "auth/proof.html", title=_("Is it still you?"), problem=problem, person=person, target=target, by_factor=by_factor,
        held=factors.held(person), has_password=person.password_hash is not None, minutes=current().sudo_minutes,
        password=ProofForm(formdata=None), code=CodeForm(formdata=None), connection=connection,
        link=LinkForm(email=person.email, next=target, formdata=None) if local else None,
    )  # fmt: skip
    return make_response(made, 422 if problem else 200)
