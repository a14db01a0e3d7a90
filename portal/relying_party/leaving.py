"""Signing out: a person who leaves here leaves the provider too (RP-Initiated Logout), and a provider ends what it began
(Back-Channel Logout)."""

import uuid
from urllib.parse import urlencode, urlsplit

from flask import Response, jsonify, make_response, render_template, request, url_for

from portal.extensions import csrf, db
from portal.models import Connection, LoginPurpose
from portal.models.engine import begin_writing
from portal.organizations import logins, logouts
from portal.organizations.refusals import Refused, UnknownLogin
from portal.organizations.secrets import decrypt
from portal.relying_party import client, logout_token, receiving
from portal.relying_party.refusals import AnswerRefused
from portal.relying_party.views import bp, connection_of, record
from portal.web import limits, roundtrip
from portal.web.access import access
from portal.words import _

PER_MINUTE = 600  # logout tokens for one connection


@bp.get("/leave")
@access("public")
def leave(connection_id: uuid.UUID) -> Response:
    """On to the provider, for the browser that signed out here; `k` shows that it is the one."""
    connection = connection_of(connection_id)
    waiting = logins.require_open(logins.get(connection, _transaction_id()))
    if waiting.purpose is not LoginPurpose.LOGOUT or not logins.is_of(waiting, request.args.get("k", "")):
        raise UnknownLogin
    oidc = receiving.require_live(connection).oidc
    asked = {
        "client_id": oidc.client_id,
        "post_logout_redirect_uri": connection.signed_out_url,
        "state": waiting.request_id,
    }
    if sealed := waiting.result.get("id_token"):
        asked["id_token_hint"] = decrypt(str(sealed))
    parts = urlsplit(oidc.end_session_endpoint)
    address = parts._replace(query="&".join(filter(None, (parts.query, urlencode(asked))))).geturl()
    db.session.rollback()
    return roundtrip.go(address, _("You are signed out here. {host} signs you out as well."))


@bp.get("/signed-out")
@access("public")
def show_signed_out(connection_id: uuid.UUID) -> Response:
    begin_writing()
    connection = connection_of(connection_id)
    waiting = logouts.require_asked(connection, request.args.get("state", "")[:64])
    logouts.finish(waiting)
    page = render_template(
        "sso/signed_out.html", complete=True, again=url_for("auth.show_login"), onward=waiting.target
    )
    db.session.commit()
    return make_response(page)


@bp.post("/logout")
@access("public")
def receive_logout(connection_id: uuid.UUID) -> Response:
    """OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8. Its keys are fetched before the database is held."""
    connection = connection_of(connection_id)
    if not limits.allows_per_minute(PER_MINUTE, "oidc-logout", str(connection_id)):
        return _said("Too many logout tokens at once.", 429)
    try:
        us = client.of(connection, receiving.require_live(connection))
        db.session.rollback()
        said = logout_token.read(us, request.form.get("logout_token", ""))
        _end(connection_of(connection_id), said)
    except (AnswerRefused, Refused) as refused:
        db.session.rollback()
        return _said(str(refused), 400)
    db.session.commit()
    return make_response("", 200)


csrf.exempt(receive_logout)


def _end(connection: Connection, said: logout_token.LogoutToken) -> None:
    logins.use_assertion(connection, f"logout:{said.id}", said.not_on_or_after)
    logouts.end(connection, said.account, [said.session] if said.session else [], by=receiving.actor(connection))
    record(connection, status=200)


def _said(words: str, status: int) -> Response:
    response = jsonify(error="invalid_request", error_description=words)
    response.status_code = status
    return response


def _transaction_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.args.get("t", ""))
    except ValueError:
        raise UnknownLogin from None
