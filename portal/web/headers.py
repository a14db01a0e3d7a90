"""Headers of every answer: a strict content policy, no sniffing, no leaks through the referrer."""

import uuid
from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from portal.models.base import now
from portal.settings import current

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


def name_request() -> None:
    """Called first of all (`portal.app`)."""
    g.request_id = uuid.uuid4().hex
    g.began, g.arrived_at = perf_counter(), now()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def bind(app: Flask) -> None:
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger("request").bind()  # once, not for every line

    @app.after_request
    def finish(response: Response) -> Response:
        _set(response)
        _log(log, response)
        return response


def _set(response: Response) -> None:
    """What the view has set itself, stays."""
    there = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 (a list of pairs, not a dict)
    for name, value in _wanted().items():
        if name.lower() not in there:
            response.headers.add(name, value)


def _wanted() -> dict[str, str]:
    extra = g.get("form_action")
    wanted = FIXED | {
        "Content-Security-Policy": f"{POLICY} {extra}" if extra else POLICY, "X-Request-ID": g.request_id,
    }  # fmt: skip
    if current().secure:
        wanted["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        wanted["Cache-Control"] = "no-store"
    return wanted


def _log(log: structlog.typing.FilteringBoundLogger, response: Response) -> None:
    """The route, never the address itself: addresses hold setup links, tokens and e-mails."""
    log.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        milliseconds=round((perf_counter() - g.began) * 1000, 1),
    )
