"""The second step of a sign-in: a code of the authenticator app, a recovery code, or a passkey."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.auth import bp, halfway
from portal.auth.entering import actor_of, count_try, enter
from portal.auth.forms import CodeForm
from portal.auth.halfway import Halfway
from portal.extensions import db
from portal.organizations import factors
from portal.organizations.refusals import Refused
from portal.web.access import access
from portal.words import _

Page = str | tuple[str, int] | Response


@bp.get("/login/second-step")
@access("public")
def show_second_step() -> Page:
    half = halfway.here()
    return _page(half, CodeForm(formdata=None)) if half else _start_again()


@bp.post("/login/second-step")
@access("public")
def submit_second_step() -> Page:
    form, half = CodeForm(), halfway.here()
    if half is None:
        return _start_again()
    if not form.validate_on_submit():
        return _page(half, form), 422
    count_try()
    try:
        shown = factors.check_code(half.user, form.code.data or "", by=actor_of(half.user))
    except Refused as refusal:
        db.session.commit()  # a wrong code counts
        form.code.errors = [str(refusal)]
        return _page(half, form), 422
    return enter(half.user, half.method, half.target, shown)


def _page(half: Halfway, form: CodeForm) -> str:
    return render_template(
        "auth/second_step.html", title=_("One more step"), form=form, held=factors.held(half.user), target=half.target
    )


def _start_again() -> Response:
    return redirect(url_for("auth.show_login"), 303)
