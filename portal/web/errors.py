"""Errors said in the language of the door they happened at; never a stack trace."""

from collections.abc import Callable

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from portal.extensions import db
from portal.organizations.refusals import Refused
from portal.words import _

log = structlog.get_logger("error")

Shape = Callable[[int, str, dict[str, str]], Response]
SHAPES: dict[str, Shape] = {}
PAGES = (400, 403, 404, 405, 413, 429, 500, 503)
RETRY_AFTER = "5"
TEMPORARY = ("55P03", "57014", "57P01", "57P02", "57P03", "40001", "40P01", "53300", "08006", "08001", "08003")


def shape(prefix: str, function: Shape) -> None:
    """Errors under `prefix` are said by `function(status, words, headers)`, such as SCIM's JSON under /scim."""
    SHAPES[prefix] = function


def answer(status: int, words: str = "", headers: dict[str, str] | None = None) -> Response:
    for prefix, function in SHAPES.items():
        if request.path.startswith(prefix):
            return function(status, words, headers or {})
    page = status if status in PAGES else 400 if status < 500 else 500
    body = render_template(f"errors/{page}.html", words=words, request_id=g.get("request_id", ""))
    response = make_response(body, status)
    response.headers.extend(headers or {})
    return response


def bind(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Response | HTTPException:
    db.session.rollback()
    if error.code is None or error.code < 400:
        return error
    kept = {"Allow", "Retry-After", "WWW-Authenticate"}
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return answer(error.code, "", headers)


def _csrf(error: CSRFError) -> Response:
    return answer(400, _("The form had expired. Go back, reload the page and send it again."))


def _refused(error: Refused) -> Response:
    """A rule said no and the view had no better place to say it."""
    db.session.rollback()
    return answer(400, str(error))


def _database(error: Exception) -> Response:
    """Trouble that passes is 503 with Retry-After (design.md §8.3); the rest is a fault of ours."""
    if not is_temporary(error):
        return _unexpected(error)
    _forget_transaction()
    log.warning("database", problem=type(error).__name__)
    return answer(503, "", {"Retry-After": RETRY_AFTER})


def is_temporary(error: Exception) -> bool:
    if isinstance(error, PoolTimeout | OperationalError):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, DBAPIError) and (error.connection_invalidated or state in TEMPORARY)


def _unexpected(error: Exception) -> Response:
    _forget_transaction()
    log.error("unexpected", exc_info=error)
    return answer(500)


def _forget_transaction() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        db.session().invalidate()
