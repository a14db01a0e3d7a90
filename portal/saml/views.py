"""/saml/<connection>: the door browsers come through with an IdP's word."""

import uuid

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    make_response,
    redirect,
    request,
    url_for,
)
from werkzeug.exceptions import TooManyRequests

from portal.extensions import csrf, db
from portal.models import Connection, LoginPurpose, LoginTransaction
from portal.models.engine import begin_writing
from portal.organizations import connections, exchanges, logins
from portal.organizations.refusals import Refused
from portal.saml import (
    asking,
    browser,
    providers,
    receiving,
    sp_metadata,
    telling,
)
from portal.saml.asking import Wish
from portal.saml.posted import Post
from portal.saml.receiving import Received, Seen
from portal.saml.refusals import ResponseRefused
from portal.settings import current
from portal.web import former, limits, roundtrip, session, sso, targets
from portal.web.access import access
from portal.web.telling import Refusal, in_domain, show_test

bp = Blueprint("saml", __name__, url_prefix="/saml/<uuid:connection_id>")


@bp.before_request
def hold_back() -> None:
    """Before anything is read or written (saml.md §6.12)."""
    if not limits.allows_saml(str((request.view_args or {})["connection_id"]), session.address()):
        raise TooManyRequests(retry_after=1)


@bp.get("/metadata")
@access("public")
def show_metadata(connection_id: uuid.UUID) -> Response:
    document = sp_metadata.build(providers.published(connection_of(connection_id)))
    response = Response(document, mimetype=sp_metadata.MIME)
    response.headers["Content-Disposition"] = f'inline; filename="metadata-{connection_id}.xml"'
    return response


@bp.get("/login")
@access("public")
def login(connection_id: uuid.UUID) -> Response:
    begin_writing()
    connection = connection_of(connection_id)
    if onward := sso.elsewhere(connection, "saml"):
        return onward
    anew = request.args.get("anew") == "1"
    wish = Wish(roundtrip.secret(), targets.local(request.args.get("next")), anew=anew)
    asked = asking.ask(connection, receiving.require_live(connection), wish)
    db.session.commit()
    return browser.to_idp(asked)


@bp.post("/acs")
@access("public")
def acs(connection_id: uuid.UUID) -> Response:
    """The cookie of a Lax browser is absent here: what came back waits for it at the finish."""
    connection = _whose(connection_id)
    encoded, relay_state = (request.form.get(name, "") for name in ("SAMLResponse", "RelayState"))
    post = Post(encoded, relay_state, roundtrip.secret(), former.address())
    received = receiving.receive(connection, post)
    telling.record(connection, post.encoded, problem="test/failed" if received.failed else "")
    onward = _onward(connection, received, post)
    db.session.commit()
    return onward


csrf.exempt(acs)


@bp.get("/finish")
@access("public")
def finish(connection_id: uuid.UUID) -> Response:
    begin_writing()
    connection = connection_of(connection_id)
    waiting = logins.get(connection, _login_id())
    if waiting and waiting.finished_at and session.signed_in():
        return make_response(redirect(_after(waiting), 303))  # a reloaded page, or an answer lost on its way
    waiting = logins.require_answered(waiting, roundtrip.presented())
    if waiting.purpose is LoginPurpose.TEST:
        return show_test(connection, logins.test_of(waiting), is_tester=True)
    row, secret = receiving.sign_in(connection, waiting, Seen(session.agent(), session.address()))
    target = _after(waiting)
    logins.finish(waiting)
    exchanges.prune(connection)
    db.session.commit()
    session.begin(row, secret)
    return make_response(redirect(target, 303))


def _onward(connection: Connection, received: Received, post: Post) -> Response:
    if received.bounce:
        target = targets.local(post.relay_state) or None
        return make_response(redirect(_at_home("login", connection, next=target), 303))
    if received.login is None:
        return show_test(connection, received.test, is_tester=False)
    response = make_response(redirect(_at_home("finish", connection, t=received.login.id), 303))
    return roundtrip.remember(response, post.browser) if received.unasked else response


def _whose(connection_id: uuid.UUID) -> Connection:
    """Another product's address may look like ours."""
    known = connections.get(connection_id)
    return connection_of(known.id if known else former.connection_here() or connection_id)


def _at_home(view: str, connection: Connection, **values: object) -> str:
    """From another product's address the way leads to our own, where the browser's cookies are."""
    path = url_for(f"saml.{view}", connection_id=connection.id, **values)  # type: ignore[arg-type]
    return f"{current().public_url}{path}" if former.address() else path


def connection_of(connection_id: uuid.UUID) -> Connection:
    connection = connections.get(connection_id)
    if connection is None:
        abort(404)
    g.connection_id = connection.id
    return connection


@bp.errorhandler(ResponseRefused)
def refuse_response(error: ResponseRefused) -> Response:
    problem = error.problem
    detail = f"{problem.check}/{problem.code}: expected {problem.expected or '-'}, got {problem.got or '-'}"
    return telling.refuse(g.connection_id, Refusal(400, str(error), detail), strange_key=problem.check == "signature")


@bp.errorhandler(Refused)
def refuse_in_domain(error: Refused) -> Response:
    return telling.refuse(g.connection_id, in_domain(error))


def _after(waiting: LoginTransaction) -> str:
    return waiting.target or current().after_sign_in_url


def _login_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.args.get("t", ""))
    except ValueError:
        abort(404)
