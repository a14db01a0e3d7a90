"""Signing out from the application (OpenID Connect RP-Initiated Logout 1.0): here, at the IdP, and back to where it asked."""

import uuid
from dataclasses import dataclass

from authlib.common.urls import add_params_to_uri
from flask import render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from portal.extensions import csrf, db
from portal.models import Session
from portal.models.engine import begin_writing
from portal.oidc import bp, tokens
from portal.organizations import applications, logouts, sessions
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import Refused
from portal.web import session, sso
from portal.web.access import access
from portal.web.pages import send_away
from portal.words import _


class BadLogout(Refused):
    """Nobody is sent anywhere on the word of such a request."""


@dataclass(frozen=True)
class Wish:
    """What is asked: whose session, as the identity token says, and where to go afterwards; both proven."""

    session: Session | None
    address: str

    @classmethod
    def read(cls) -> "Wish":
        asked = request.values
        hint = tokens.hint(asked["id_token_hint"]) if asked.get("id_token_hint") else None
        if asked.get("id_token_hint") and hint is None:
            raise BadLogout("The id_token_hint is not an identity token of ours.")
        client_id = asked.get("client_id") or str(hint["aud"] if hint else "")
        if hint and client_id != hint["aud"]:
            raise BadLogout("The id_token_hint belongs to another client.")
        return cls(_session(hint), _address(client_id))


@bp.route("/oidc/logout", methods=["GET", "POST"])
@access("public")
def log_out() -> Answer | str:
    """At once where the identity token names this very session; otherwise the person is asked, because anybody may have
    made the link."""
    begin_writing()
    wish, here = Wish.read(), session.current_session() if session.signed_in() else None
    if here is None or (wish.session and wish.session.id == here.id):
        return _end(wish.session, wish.address)
    return render_template("oidc/sign_out.html", title=_("Sign out?"), asked=request.values.items())


@bp.post("/oidc/logout/confirmation")
@access("public")
def confirm_log_out() -> Answer:
    csrf.protect()
    wish = Wish.read()
    return _end(session.current_session() if session.signed_in() else wish.session, wish.address)


def _end(row: Session | None, address: str) -> Answer:
    """On to the IdP first, where the connection signs out there too; it sends the browser on to the address."""
    onward = address or url_for("auth.show_login")
    if row is not None and row.revoked_at is None:
        if leaving := logouts.begin(row, address):
            onward = sso.address(leaving.connection, "leave", t=leaving.transaction.id, k=leaving.secret)
        sessions.revoke(row, by=Actor(Door.AUTH, str(row.user_id), row.user.label))
        db.session.commit()
    session.end()
    return send_away(onward, title=_("You are signed out"))


def _session(hint: tokens.Claims | None) -> Session | None:
    """The session that `sid` begins with."""
    try:
        return sessions.get(uuid.UUID(str(hint["sid"]).partition(".")[0])) if hint else None
    except ValueError:
        return None


def _address(client_id: str) -> str:
    """Registered to the letter, or refused; `state` goes along."""
    wanted = request.values.get("post_logout_redirect_uri", "")
    if not wanted:
        return ""
    client = applications.find(client_id) if client_id else None
    if client is None or wanted not in client.logout_redirect_uris:
        raise BadLogout("The address to return to is not registered for this application.")
    state = request.values.get("state", "")
    return add_params_to_uri(wanted, [("state", state)]) if state else wanted
