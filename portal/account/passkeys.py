"""Your passkeys: added, named, removed."""

import uuid

from flask import Response as Page
from flask import abort, request
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.devices import device
from portal.account.forms import PasskeyForm, RemovalForm
from portal.account.recovery_codes import first_factor
from portal.account.security import done, page
from portal.account.tabs import show_own
from portal.extensions import db
from portal.models import Factor, Passkey, Shown
from portal.organizations import local_ways, passkeys, sessions
from portal.organizations.refusals import Refused
from portal.web import session, sudo
from portal.web.access import access
from portal.web.session import current_session, person
from portal.web.tenant import actor
from portal.words import _


@bp.get("/account/security/passkeys/new")
@access("own-ways")
@sudo.required
def show_new_passkey() -> Response:
    return _new()


@bp.post("/account/security/passkeys/options")
@access("own-ways")
@sudo.required
def ask_for_new_passkey() -> Response:
    options = passkeys.begin_adding(person())
    db.session.commit()
    return Page(options, mimetype="application/json")


@bp.post("/account/security/passkeys")
@access("own-ways")
@sudo.required
def create_passkey() -> Response:
    credential, name = request.form.get("credential", ""), request.form.get("name", "")
    try:
        passkey = passkeys.add(person(), credential, name=name or device(session.agent()), by=actor())
    except Refused as refusal:
        db.session.rollback()
        return _new(str(refusal))
    shown = Shown(Factor.PASSKEY, passkey.id)
    local_ways.prove(current_session(), shown, by=actor(), rehearses=False)
    return first_factor() or done(_("The passkey “%(passkey)s” is added.", passkey=passkey.name))


@bp.post("/account/security/passkeys/<uuid:passkey_id>/name")
@access("own-ways")
def rename_passkey(passkey_id: uuid.UUID) -> Response:
    passkey = _own(passkey_id)
    passkeys.rename(passkey, request.form.get("name", ""), by=actor())
    return done(_("It is called “%(passkey)s” now.", passkey=passkey.name))


@bp.post("/account/security/passkeys/<uuid:passkey_id>/removal")
@access("own-ways")
@sudo.required
def remove_passkey(passkey_id: uuid.UUID) -> Response:
    passkey = _own(passkey_id)
    try:
        passkeys.remove(passkey, by=actor())
    except Refused as refusal:
        db.session.rollback()
        return page(status=422, problem=str(refusal))
    if RemovalForm().ends_others.data:
        sessions.revoke_others(current_session(), by=actor())
    return done(
        _(
            "The passkey “%(passkey)s” is removed here. Delete it in your device or password manager too.",
            passkey=passkey.name,
        )
    )


def _own(passkey_id: uuid.UUID) -> Passkey:
    return passkeys.get(person(), passkey_id) or abort(404)


def _new(problem: str = "") -> Response:
    form = PasskeyForm(name=device(session.agent()), formdata=None)
    status = 422 if problem else 200
    return show_own("new_passkey", title=_("Add a passkey"), status=status, form=form, problem=problem)
