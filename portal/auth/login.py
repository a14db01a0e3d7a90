"""The login page: the e-mail first, then the way in that belongs to it."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.auth import bp
from portal.auth.entering import count_try, go_on
from portal.auth.forms import EmailForm, LinkForm, PasswordForm
from portal.auth.sso import to_connection
from portal.extensions import db
from portal.models import Method, User
from portal.organizations import connection_domains, logouts, passwords, sessions
from portal.organizations.refusals import Refused, WrongPassword
from portal.settings import current
from portal.web import limits, session, sso, targets
from portal.web.access import access
from portal.web.tenant import actor
from portal.words import _, _l

TOO_MANY = _l(
    "There were too many wrong passwords for this account. Wait an hour, or come in by passkey or e-mail link."
)
Page = str | tuple[str, int] | Response


@bp.get("/login")
@access("public")
def show_login() -> Page:
    """Whoever is signed in goes on; `again=login` asks all the same, `again=choose` offers to go on as the same person."""
    target, again = targets.local(request.args.get("next")), request.args.get("again", "")
    if session.signed_in() and again not in ("login", "choose"):
        return redirect(target or current().after_sign_in_url, 303)
    form = EmailForm(next=target, email=request.args.get("email", "")[:320], formdata=None)
    return _email_page(form, onward=target if session.signed_in() and again == "choose" else "")


@bp.post("/login")
@access("public")
def submit_login() -> Page:
    """An address of a verified domain with a live connection leads to the IdP; every other one to the local ways."""
    form = EmailForm()
    if not form.validate_on_submit():
        return _email_page(form), 422
    count_try()
    found = connection_domains.for_email(form.email.data)
    if found:
        return to_connection(found, form.next.data)
    return _local_page(PasswordForm(email=form.email.data, next=form.next.data, formdata=None))


@bp.get("/login/password")
@access("public")
def show_password() -> Page:
    """The local ways for whoever asks for them, such as an owner while the IdP is down."""
    email, target = request.args.get("email", ""), targets.local(request.args.get("next"))
    if not email:
        return redirect(url_for("auth.show_login"), 303)
    return _local_page(PasswordForm(email=email[:320], next=target, formdata=None))


@bp.post("/login/password")
@access("public")
def submit_password() -> Page:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _local_page(form), 422
    count_try()
    try:
        return go_on(_by_password(form.email.data, form.password.data), Method.PASSWORD, form.next.data)
    except Refused as refusal:
        form.password.errors = [str(refusal)]
        return _local_page(form), 422


@bp.post("/sign-out")
@access("public")
def sign_out() -> Response:
    """Here, and at the IdP where the connection is set to."""
    address = url_for("auth.show_login")
    if session.signed_in():
        row = session.current_session()
        if leaving := logouts.begin(row):
            address = sso.address(leaving.connection, "leave", t=leaving.transaction.id, k=leaving.secret)
        sessions.revoke(row, by=actor())
        db.session.commit()
    session.end()
    return redirect(address, 303)


def _by_password(email: str, password: str) -> User:
    if not limits.allows_password(email):
        raise WrongPassword(str(TOO_MANY))
    try:
        return passwords.check(email, password)
    except WrongPassword:
        limits.count_wrong_password(email)
        raise


def _email_page(form: EmailForm, onward: str = "") -> str:
    title = _("Choose an account") if onward else _("Sign in")
    return render_template("auth/login.html", title=title, form=form, onward=onward, problem="")


def _local_page(form: PasswordForm) -> str:
    link_form = LinkForm(email=form.email.data, next=form.next.data, formdata=None)
    return render_template("auth/password.html", title=_("Welcome back"), form=form, link_form=link_form)
