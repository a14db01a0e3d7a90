"""Accepting an invitation: the link proves the address it was sent to."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.auth import bp
from portal.auth.entering import go_on
from portal.auth.forms import AcceptForm
from portal.auth.sso import to_connection
from portal.extensions import db
from portal.models import Invitation, Method, User
from portal.models.base import now
from portal.organizations import connection_domains, invitations, passwords, users
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import CommonPassword, Refused, SsoRequired, WeakPassword
from portal.web import session
from portal.web.access import access
from portal.words import _


@bp.get("/invitations/<token>")
@access("public")
def show_invitation(token: str) -> str | tuple[str, int]:
    try:
        return _page(invitations.find(token), AcceptForm(), token)
    except Refused as refusal:
        return _used_up(str(refusal)), 410


@bp.post("/invitations/<token>")
@access("public")
def accept_invitation(token: str) -> str | tuple[str, int] | Response:
    form = AcceptForm()
    try:
        invitation = invitations.find(token)
        if not form.validate_on_submit():
            return _page(invitation, form, token), 422
        user = _accept(invitation, form)
    except (WeakPassword, CommonPassword) as refusal:
        db.session.rollback()
        form.password.errors = [str(refusal)]
        return _page(invitations.find(token), form, token), 422
    except Refused as refusal:
        return _used_up(str(refusal)), 410
    flash(_("Welcome to %(organization)s.", organization=invitation.organization.name))
    return _go_on(user)


def _accept(invitation: Invitation, form: AcceptForm) -> User:
    """A new person chooses name and password; an existing one is only let in."""
    by = Actor(Door.AUTH, label=invitation.email)
    user = users.find(invitation.email)
    if user is None:
        user = users.create(invitation.email, by=by, name=form.name.data or "", verified=True)
        if form.password.data:
            passwords.set_for(user, form.password.data, by=by)
    invitations.accept(invitation, user, by=Actor(Door.AUTH, str(user.id), user.label))
    return user


def _go_on(user: User) -> str | Response:
    if session.signed_in() and session.person().id == user.id:
        db.session.commit()
        return redirect(url_for("account.list_organizations"), 303)
    try:
        return go_on(user, Method.INVITATION, "")
    except SsoRequired:
        db.session.commit()  # they have joined; the way in is the organization's own
        return to_connection(connection_domains.for_email(user.email), "")


def _page(invitation: Invitation, form: AcceptForm, token: str) -> str:
    return render_template(
        "auth/invitation.html", title=_("Join %(organization)s", organization=invitation.organization.name),
        invitation=invitation, form=form, token=token, is_new=users.find(invitation.email) is None, at=now(),
    )  # fmt: skip


def _used_up(words: str) -> str:
    return render_template("auth/used_up.html", title=_("This invitation does not work any more"), words=words)
