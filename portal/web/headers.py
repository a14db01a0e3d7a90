"""Headers of every answer: a strict content policy, no sniffing, no leaks through the referrer."""

import uuid
from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from portal.models.base import now
from portal.settings import current

log = structlog.get_logger("request")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def allow_form_action(origin: str) -> None:
    """Let this one answer post a form to `origin`: a SAML request by HTTP-POST goes to the IdP."""
    g.form_action = origin


def bind(app: Flask) -> None:
    @app.before_request
    def name_request() -> None:
        g.request_id = uuid.uuid4().hex
        g.began, g.arrived_at = perf_counter(), now()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def finish(response: Response) -> Response:
        _set(response)
        _log(response)
        return response


def _set(response: Response) -> None:
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    extra = g.get("form_action")
    response.headers.setdefault("Content-Security-Policy", f"{POLICY} {extra}" if extra else POLICY)
    response.headers["X-Request-ID"] = g.request_id
    if current().secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")


def _log(response: Response) -> None:
    """The route, never the address itself: addresses hold setup links, tokens and e-mails."""
    log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        milliseconds=round((perf_counter() - g.began) * 1000, 1),
    )
