"""Single logout at the door: the IdP's word that somebody leaves, our word to it, and its answer (SAML profiles §4.4)."""

import uuid

from flask import Response, make_response, render_template, request, url_for

from portal.extensions import csrf, db
from portal.models import Connection, LoginPurpose
from portal.models.engine import begin_writing
from portal.organizations import logins, logouts, sign_in
from portal.organizations.refusals import UnknownLogin
from portal.saml import arriving, browser, logout_messages, providers, receiving, telling
from portal.saml.arriving import Arrived
from portal.saml.authn_request import new_request_id
from portal.saml.bindings import Message
from portal.saml.logout_messages import Name
from portal.saml.parties import ServiceProvider
from portal.saml.views import bp, connection_of
from portal.web.access import access
from portal.words import _


@bp.get("/logout")
@access("public")
def receive_logout(connection_id: uuid.UUID) -> Response:
    """HTTP-Redirect changes by GET; what makes it safe is the signature over the query (SAML bindings §3.4)."""
    begin_writing()
    connection = connection_of(connection_id)
    provider = _provider(connection)
    return _take(connection, provider, arriving.by_redirect(request.query_string, provider.certificates))


@bp.post("/logout")
@access("public")
def submit_logout(connection_id: uuid.UUID) -> Response:
    connection = connection_of(connection_id)
    provider = _provider(connection)
    return _take(connection, provider, arriving.by_post(request.form.to_dict(), provider.certificates))


csrf.exempt(submit_logout)


@bp.get("/leave")
@access("public")
def leave(connection_id: uuid.UUID) -> Response:
    """On to the IdP, for the browser that signed out here; `k` shows that it is the one."""
    connection = connection_of(connection_id)
    waiting = logins.require_open(logins.get(connection, _transaction_id()))
    if waiting.purpose is not LoginPurpose.LOGOUT or not logins.is_of(waiting, request.args.get("k", "")):
        raise UnknownLogin
    provider = _provider(connection)
    tree = logout_messages.request(provider, waiting.request_id, Name.load(waiting.result))
    message = Message(
        "SAMLRequest", tree, provider.logout_address, provider.logout_binding, str(waiting.id), provider.signing
    )
    db.session.rollback()
    return browser.send(message, _("You are signed out here. {host} signs you out as well."))


def _take(connection: Connection, provider: ServiceProvider, arrived: Arrived) -> Response:
    if arrived.tree.tag == logout_messages.RESPONSE:
        return _finish(connection, provider, arrived)
    asked = logout_messages.read_request(provider, connection.logout_url, arrived.tree)
    logins.use_assertion(connection, f"logout:{asked.id}", asked.not_on_or_after)
    logouts.end(connection, sign_in.subject(asked.name_id), asked.session_indexes, by=receiving.actor(connection))
    telling.record(connection, arrived.encoded)
    answer = _answer(provider, asked.id, arrived.relay_state)
    db.session.commit()
    return answer


def _answer(provider: ServiceProvider, request_id: str, relay_state: str) -> Response:
    """A signed answer where we can sign and know where it goes; else the browser stays here, signed out."""
    if not provider.signing or not provider.logout_answer_address:
        return _signed_out(complete=True)
    tree = logout_messages.response(provider, new_request_id(), request_id)
    message = Message(
        "SAMLResponse", tree, provider.logout_answer_address, provider.logout_binding, relay_state, provider.signing
    )
    return browser.send(message, _("You are signed out here. {host} goes on."))


def _finish(connection: Connection, provider: ServiceProvider, arrived: Arrived) -> Response:
    answer = logout_messages.read_response(provider, connection.logout_url, arrived.tree)
    waiting = logouts.require_asked(connection, answer.in_response_to)
    logouts.finish(waiting)
    telling.record(connection, arrived.encoded, problem="" if answer.complete else "logout/partial")
    page = _signed_out(complete=answer.complete, onward=waiting.target)
    db.session.commit()
    return page


def _signed_out(*, complete: bool, onward: str = "") -> Response:
    """`onward` is the application that asked for it."""
    again = url_for("auth.show_login")
    return make_response(render_template("sso/signed_out.html", complete=complete, again=again, onward=onward))


def _provider(connection: Connection) -> ServiceProvider:
    return providers.for_logout(connection, receiving.require_live(connection))


def _transaction_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.args.get("t", ""))
    except ValueError:
        raise UnknownLogin from None
