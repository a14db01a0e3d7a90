"""The tab Security: your password, what you show besides it, and the browsers you are signed in with."""

import uuid
from collections.abc import Sequence

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.devices import device
from portal.account.forms import ActionForm, PasswordForm
from portal.account.tabs import show_own
from portal.extensions import db
from portal.models import Method, Session
from portal.organizations import factors, grants, one_time_codes, passkeys, passwords, reach, sessions
from portal.organizations.reach import Hindrance
from portal.organizations.refusals import Refused
from portal.web import limits
from portal.web.access import access
from portal.web.session import current_session, person
from portal.web.tenant import actor
from portal.words import _, _l, ngettext

TITLE = _l("Security")
WRONG = _l("This is not your present password. Forgot it? Sign in by e-mail link, then come back.")


@bp.get("/account/security")
@access("signed-in")
def show_security() -> Response:
    return page()


@bp.post("/account/security/password")
@access("own-account")
def update_password() -> Response:
    """Whoever came in by e-mail link has just proven the address, and need not know the old password."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return page(form, 422)
    if _asks_for_present() and not _knows(form.present.data or ""):
        form.present.errors = [str(WRONG)]
        return page(form, 422)
    ends = bool(form.ends_others.data)
    try:
        passwords.set_for(person(), form.password.data, by=actor(), keep=current_session(), ends_others=ends)
    except Refused as refusal:
        form.password.errors = [str(refusal)]
        return page(form, 422)
    return done(
        _("Your password is changed. Your other sessions have ended.") if ends else _("Your password is changed.")
    )


@bp.post("/account/sessions/<uuid:session_id>/end")
@access("own-account")
def end_session(session_id: uuid.UUID) -> Response:
    row = next((row for row in _sessions() if row.id == session_id), None)
    sessions.revoke(row or abort(404), by=actor())
    return done(_("That browser is signed out."))


@bp.post("/account/sessions/end-others")
@access("own-account")
def end_other_sessions() -> Response:
    count = sessions.revoke_others(current_session(), by=actor())
    return done(ngettext("%(num)s other session ended.", "%(num)s other sessions ended.", count))


def done(said: str) -> Response:
    db.session.commit()
    flash(said)
    return redirect(url_for("account.show_security"), 303)


def page(form: PasswordForm | None = None, status: int = 200, *, problem: str = "") -> Response:
    here = current_session()
    return show_own(
        "security", title=str(TITLE), status=status, form=form or PasswordForm(formdata=None), action=ActionForm(),
        problem=problem, sessions=_sessions(), here=here.id, device=device, has_password=person().password_hash is not None,
        asks=_asks_for_present(), owns=here.reaches_all, held=factors.held(person()), passkeys=passkeys.listed(person()),
        authenticator=one_time_codes.of(person()), wanting=_wanting(here),
    )  # fmt: skip


def _sessions() -> Sequence[Session]:
    """Who came through a customer's IdP sees what that organization opened, and no more of the person."""
    here = current_session()
    return [row for row in sessions.of(person()) if here.reaches_all or row.organization_id == here.organization_id]


def _wanting(here: Session) -> list[str]:
    """Organizations that wait for a second factor."""
    found = grants.every_membership(here) if here.second_factor is None else []
    return [one.organization.name for one in found if reach.hindrance(here, one) is Hindrance.SECOND_FACTOR]


def _asks_for_present() -> bool:
    return person().password_hash is not None and current_session().method is not Method.EMAIL_LINK


def _knows(password: str) -> bool:
    """Guessing here is counted with guessing at sign-in."""
    if not limits.allows_password(person().email):
        return False
    if passwords.is_right(person(), password):
        return True
    limits.count_wrong_password(person().email)
    return False
