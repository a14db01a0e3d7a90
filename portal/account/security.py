"""The tab Security: your password, and the browsers you are signed in with."""

import uuid

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.devices import device
from portal.account.forms import ActionForm, PasswordForm
from portal.account.tabs import show_own
from portal.extensions import db
from portal.models import Method
from portal.organizations import passwords, sessions
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.web.session import current_session, person
from portal.web.tenant import actor

TITLE = "Security"


@bp.get("/account/security")
@access("signed-in")
def show_security() -> Response:
    return _page(PasswordForm())


@bp.post("/account/security/password")
@access("own-account")
def update_password() -> Response:
    """Whoever came in by e-mail link has just proven the address, and need not know the old password."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    if _asks_for_present() and not passwords.is_right(person(), form.present.data or ""):
        form.present.errors = ["This is not your present password. Forgot it? Sign in by e-mail link, then come back."]
        return _page(form, 422)
    try:
        passwords.set_for(person(), form.password.data, by=actor(), keep=current_session())
    except Refused as refusal:
        form.password.errors = [str(refusal)]
        return _page(form, 422)
    db.session.commit()
    flash("Your password is changed. Your other sessions have ended.")
    return redirect(url_for("account.show_security"), 303)


@bp.post("/account/sessions/<uuid:session_id>/end")
@access("own-account")
def end_session(session_id: uuid.UUID) -> Response:
    row = next((row for row in sessions.of(person()) if row.id == session_id), None)
    sessions.revoke(row or abort(404), by=actor())
    db.session.commit()
    flash("That browser is signed out.")
    return redirect(url_for("account.show_security"), 303)


@bp.post("/account/sessions/end-others")
@access("own-account")
def end_other_sessions() -> Response:
    count = sessions.revoke_others(current_session(), by=actor())
    db.session.commit()
    flash(f"{count} other sessions ended." if count != 1 else "1 other session ended.")
    return redirect(url_for("account.show_security"), 303)


def _asks_for_present() -> bool:
    return person().password_hash is not None and current_session().method is not Method.EMAIL_LINK


def _page(form: PasswordForm, status: int = 200) -> Response:
    own = current_session().is_the_persons_own
    return show_own(
        "security", title=TITLE, status=status, form=form, action=ActionForm(), own=own,
        sessions=sessions.of(person()) if own else [current_session()], here=current_session().id,
        device=device, has_password=person().password_hash is not None, asks=_asks_for_present(),
    )  # fmt: skip
