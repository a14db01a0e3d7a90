"""What people read when a sign-in through an IdP does not work, and when it was a test."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import cast

from flask import Response, g, make_response, render_template

from portal.extensions import db
from portal.models import Connection, ConnectionTest
from portal.models.engine import begin_writing
from portal.organizations import connections, exchanges
from portal.organizations.refusals import (
    AssertionUsed,
    LinkUsedUp,
    NoConfiguration,
    Refused,
    UnknownLogin,
    WrongBrowser,
)
from portal.web import limits
from portal.words import _, _l
from wizards import checks

RECORDED_PER_MINUTE = 60  # of one connection: a flood of nonsense must not fill the database
STATUSES: dict[type[Refused], int] = {
    UnknownLogin: 400, AssertionUsed: 400, WrongBrowser: 400, NoConfiguration: 400, LinkUsedUp: 410,
}  # fmt: skip
Line = dict[str, str | bool | None]


@dataclass(frozen=True)
class Refusal:
    """`words` are for the person, `problem` for support."""

    status: int
    words: str
    problem: str
    title: str = _l("Sign-in did not work")


def in_domain(error: Refused) -> Refusal:
    """What a verb refuses, as both doors say it."""
    return Refusal(STATUSES.get(type(error), 403), str(error), type(error).__name__)


def refuse(connection_id: uuid.UUID, refusal: Refusal, record: Callable[[Connection, str], None]) -> Response:
    """The one way to say no: a sentence, a code the person can quote, and a record support can read."""
    begin_writing()
    connection = connections.get(connection_id)
    code = exchanges.new_code()
    if connection and limits.allows_per_minute(RECORDED_PER_MINUTE, "saml-refusals", str(connection_id)):
        record(connection, code)
        exchanges.prune(connection)
    again = connection.login_url if connection and connection.live else ""
    organization = connection.organization.name if connection else ""
    db.session.commit()
    page = render_template(
        "sso/refused.html", title=refusal.title, words=refusal.words, code=code, again=again, organization=organization
    )
    return make_response(page, refusal.status)


def show_test(connection: Connection, test: ConnectionTest | None, *, is_tester: bool) -> Response:
    """The details only for the browser that started the test; the wizard shows them to its people."""
    report = test.report if test and is_tester else {}
    lines = [
        _shown(cast(Line, checks.said(line)))
        for line in cast(list[Line], report.get("lines", []))
        if line["ok"] is not None
    ]
    lines.sort(key=lambda line: line["kind"] == "ok")  # what there is to mend comes first
    passed = bool(test and test.passed)
    return make_response(render_template("sso/test.html", connection=connection, passed=passed, lines=lines))


def milliseconds() -> int:
    """How long this request has taken so far."""
    return int((perf_counter() - g.began) * 1000)


def _shown(line: Line) -> Line:
    """A check as icon and word."""
    if line["ok"]:
        return line | {"kind": "ok", "icon": "circle-check", "said": _("Yes.")}
    if line["level"] == "error":
        return line | {"kind": "bad", "icon": "circle-x", "said": _("No.")}
    return line | {"kind": "care", "icon": "triangle-alert", "said": _("Not quite.")}
