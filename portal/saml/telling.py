"""What people read at this door, and what support reads later: refusals with a code to quote, results of tests, records."""

import uuid
from time import perf_counter
from typing import cast

from flask import Response, g, make_response, render_template, request

from portal.extensions import db
from portal.models import Connection, ConnectionTest
from portal.organizations import connection_metadata, connections, exchanges
from portal.saml.redaction import redacted
from portal.web import limits, session

RECORDED_PER_MINUTE = 60  # of one connection: a flood of nonsense must not fill the database


def record(connection: Connection, encoded: str, *, status: int = 303, code: str = "", problem: str = "") -> None:
    exchanges.record_saml(
        connection, method=request.method, path=request.path, status=status, code=code, problem=problem,
        body=redacted(encoded) if encoded else "", milliseconds=_milliseconds(), agent=session.agent(),
    )  # fmt: skip


def refuse(connection_id: uuid.UUID, status: int, words: str, problem: str, *, strange_key: bool = False) -> Response:
    """The one way to say no: a sentence, a code the person can quote, and a record support can read."""
    db.session.rollback()
    connection = connections.get(connection_id)
    code = exchanges.new_code()
    if connection and limits.allows_per_minute(RECORDED_PER_MINUTE, "saml-refusals", str(connection_id)):
        given = request.form.get("SAMLResponse") or request.form.get("SAMLRequest", "")
        record(connection, given, status=status, code=code, problem=problem)
        exchanges.prune(connection)
    if connection and strange_key:
        connection_metadata.look_soon(connection)
    again = connection.login_url if connection and connection.live else ""
    organization = connection.organization.name if connection else ""
    db.session.commit()
    page = render_template("saml/refused.html", words=words, code=code, again=again, organization=organization,
        title="Sign-out did not work" if request.path.endswith("/logout") else "Sign-in did not work",
    )  # fmt: skip
    return make_response(page, status)


def show_test(connection: Connection, test: ConnectionTest | None, *, is_tester: bool) -> Response:
    """The details only for the browser that started the test; the wizard shows them to its people."""
    report = test.report if test and is_tester else {}
    lines = [_shown(line) for line in cast(list[Line], report.get("lines", [])) if line["ok"] is not None]
    lines.sort(key=lambda line: line["kind"] == "ok")  # what there is to mend comes first
    passed = bool(test and test.passed)
    return make_response(render_template("saml/test.html", connection=connection, passed=passed, lines=lines))


Line = dict[str, str | bool | None]


def _shown(line: Line) -> Line:
    """A check as icon and word."""
    if line["ok"]:
        return line | {"kind": "ok", "icon": "circle-check", "said": "Yes."}
    if line["level"] == "error":
        return line | {"kind": "bad", "icon": "circle-x", "said": "No."}
    return line | {"kind": "care", "icon": "triangle-alert", "said": "Not quite."}


def _milliseconds() -> int:
    return int((perf_counter() - g.began) * 1000)
