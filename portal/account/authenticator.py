"""Your authenticator app: set up by a picture and shown to work by a code; removed."""

import segno
from flask import request
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import AuthenticatorForm, RemovalForm
from portal.account.recovery_codes import first_factor
from portal.account.security import done, page
from portal.account.tabs import show_own
from portal.extensions import db
from portal.models import Factor, Shown
from portal.organizations import local_ways, one_time_codes, sessions
from portal.organizations.one_time_codes import Offer
from portal.organizations.refusals import Refused, WrongOneTimeCode
from portal.web import sudo
from portal.web.access import access
from portal.web.session import current_session, person
from portal.web.tenant import actor
from portal.words import _


@bp.get("/account/security/authenticator")
@access("own-ways")
@sudo.required
def show_authenticator() -> Response:
    """A secret that is kept nowhere until a code shows that the app has it."""
    return _set_up(AuthenticatorForm(formdata=None), one_time_codes.offer(person()))


@bp.post("/account/security/authenticator")
@access("own-ways")
def create_authenticator() -> Response:
    """The sealed secret comes from the page above, and that page asked who it is."""
    form, sealed = AuthenticatorForm(), request.form.get("sealed", "")
    if not form.validate_on_submit():
        return _set_up(form, one_time_codes.offer(person(), sealed), 422)
    try:
        row = one_time_codes.set_up(person(), sealed, form.code.data or "", by=actor())
    except WrongOneTimeCode as refusal:
        form.code.errors = [str(refusal)]
        return _set_up(form, one_time_codes.offer(person(), sealed), 422)
    local_ways.prove(current_session(), Shown(Factor.AUTHENTICATOR, row.id), by=actor(), rehearses=False)
    return first_factor() or done(_("The authenticator app is set up."))


@bp.post("/account/security/authenticator/removal")
@access("own-ways")
@sudo.required
def remove_authenticator() -> Response:
    try:
        one_time_codes.remove(person(), by=actor())
    except Refused as refusal:
        db.session.rollback()
        return page(status=422, problem=str(refusal))
    if RemovalForm().ends_others.data:
        sessions.revoke_others(current_session(), by=actor())
    return done(_("The authenticator app is removed. Delete the entry in the app too."))


def _set_up(form: AuthenticatorForm, offer: Offer, status: int = 200) -> Response:
    return show_own(
        "authenticator", title=_("Set up an authenticator app"), status=status, form=form, offer=offer,
        picture=_picture(offer.uri),
    )  # fmt: skip


def _picture(uri: str) -> Markup:
    """An SVG of attributes only, which the content policy lets through."""
    drawn = segno.make(uri, micro=False, error="m")
    return Markup(drawn.svg_inline(omitsize=True, border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704
