"""Signing in with a passkey, which is both steps at once: something one has, opened by a PIN or a finger."""

from flask import Response as Page
from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from portal.auth import bp
from portal.auth.entering import count_try, enter
from portal.auth.forms import EmailForm
from portal.extensions import db
from portal.models import Factor, Method, PasskeyPurpose, Shown
from portal.organizations import local_ways, passkeys
from portal.organizations.refusals import Refused
from portal.web import targets
from portal.web.access import access
from portal.words import _


@bp.post("/login/passkey/options")
@access("public")
def ask_for_passkey() -> Page:
    """The same for everybody: who it is, the passkey says."""
    count_try()
    options = passkeys.begin_sign_in()
    db.session.commit()
    return Page(options, mimetype="application/json")


@bp.post("/login/passkey")
@access("public")
def submit_passkey() -> Response:
    count_try()
    target = targets.local(request.form.get("next"))
    try:
        passkey = passkeys.check(request.form.get("credential", ""), PasskeyPurpose.SIGN_IN)
        local_ways.require_allowed(passkey.user)
    except Refused as refusal:
        db.session.rollback()
        return _again(target, str(refusal))
    return enter(passkey.user, Method.PASSKEY, target, Shown(Factor.PASSKEY, passkey.id))


def _again(target: str, problem: str) -> Page:
    form = EmailForm(next=target, formdata=None)
    return make_response(
        render_template("auth/login.html", title=_("Sign in"), form=form, onward="", problem=problem), 422
    )
