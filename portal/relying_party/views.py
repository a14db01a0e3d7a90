"""/oidc/<connection>: the door browsers come through with an OpenID provider's word."""

import uuid

from flask import Blueprint, Response, abort, g, make_response, redirect, request

from portal.extensions import db
from portal.models import Connection, LoginPurpose, LoginTransaction, Protocol
from portal.models.engine import begin_writing
from portal.organizations import connections, exchanges, logins
from portal.organizations.refusals import Refused, UnknownLogin
from portal.relying_party import answering, asking, receiving, testing
from portal.relying_party.answering import Seen
from portal.relying_party.asking import Wish
from portal.relying_party.receiving import Browser, Taken
from portal.relying_party.refusals import AnswerRefused
from portal.settings import current
from portal.web import roundtrip, session, sso, targets, telling
from portal.web.access import access
from portal.web.telling import Refusal

bp = Blueprint("relying_party", __name__, url_prefix="/oidc/<uuid:connection_id>")


@bp.get("/login")
@access("public")
def login(connection_id: uuid.UUID) -> Response:
    """Also what a provider's own page leads to (OpenID Connect Core §4): we always ask ourselves."""
    begin_writing()
    connection = connection_of(connection_id)
    if onward := sso.elsewhere(connection, "oidc"):
        return onward
    target, hint = targets.local(request.args.get("next")), request.args.get("login_hint", "")
    anew = request.args.get("anew") == "1"
    wish = Wish(roundtrip.secret(), target, hint=hint if hint.isprintable() else "", anew=anew)
    address = asking.ask(connection, receiving.require_live(connection), wish)
    db.session.commit()
    return roundtrip.remember(roundtrip.go(address), wish.browser)


@bp.get("/callback")
@access("public")
def callback(connection_id: uuid.UUID) -> Response:
    """A provider sends the browser back by GET, so our Lax cookie is here at once. The question is used up and let go of
    before the provider is asked: nothing waits in the database for somebody else's server."""
    begin_writing()
    connection = connection_of(connection_id)
    waiting = logins.asked(connection, request.args.get("state", "")[:64])
    if waiting and waiting.finished_at and logins.is_of(waiting, roundtrip.presented()):
        return _again(connection, waiting)
    taken = receiving.take(connection, waiting, roundtrip.presented())
    db.session.commit()
    seen = answering.take(taken.client, taken.question, request.args.to_dict(), everything=taken.is_test)
    begin_writing()
    return _finish(connection_of(connection_id), request.args["state"], taken, seen)


def _finish(connection: Connection, state: str, taken: Taken, seen: Seen) -> Response:
    waiting = logins.asked(connection, state) or abort(404)
    logins.finish(waiting)
    exchanges.prune(connection)
    if taken.is_test:
        test = testing.finish(connection, waiting, taken.client, seen, by=receiving.actor(connection))
        record(connection, status=200, problem="" if test.passed else "test/failed")
        page = telling.show_test(connection, test, is_tester=True)
        db.session.commit()
        return page
    row, secret = receiving.let_in(connection, waiting, seen, Browser(session.agent(), session.address()))
    record(connection, status=303)
    target = _after(waiting)
    db.session.commit()
    session.begin(row, secret)
    return make_response(redirect(target, 303))


def _again(connection: Connection, waiting: LoginTransaction) -> Response:
    """A reloaded page, or an answer lost on its way."""
    if waiting.purpose is LoginPurpose.TEST:
        return telling.show_test(connection, logins.test_of(waiting), is_tester=True)
    if not session.signed_in():
        raise UnknownLogin
    return make_response(redirect(_after(waiting), 303))


def connection_of(connection_id: uuid.UUID) -> Connection:
    connection = connections.get(connection_id) or abort(404)
    g.connection_id = connection.id
    return connection


def record(connection: Connection, *, status: int, code: str = "", problem: str = "") -> None:
    """Of the query only the names: what is in it opens doors."""
    body = "\n".join(f"{name} = {_shown(name, value)}" for name, value in request.args.items())
    exchanges.record_sign_in(
        connection, protocol=Protocol.OIDC, method=request.method, path=request.path, status=status, code=code,
        problem=problem, body=body, milliseconds=telling.milliseconds(), agent=session.agent(),
    )  # fmt: skip


def _shown(name: str, value: str) -> str:
    return value[:1000] if name in ("iss", "error", "error_description", "error_uri") else "…"


@bp.errorhandler(AnswerRefused)
def refuse_answer(error: AnswerRefused) -> Response:
    found = error.problem
    detail = f"{found.check}/{found.code}: expected {found.expected or '-'}, got {found.got or '-'}"
    return _refuse(Refusal(400, str(error), detail))


@bp.errorhandler(Refused)
def refuse_in_domain(error: Refused) -> Response:
    return _refuse(telling.in_domain(error))


def _refuse(refusal: Refusal) -> Response:
    return telling.refuse(
        g.connection_id, refusal,
        lambda connection, code: record(connection, status=refusal.status, code=code, problem=refusal.problem),
    )  # fmt: skip


def _after(waiting: LoginTransaction) -> str:
    return waiting.target or current().after_sign_in_url
