"""Errors are said in words, and trouble that passes is 503 with Retry-After."""

import pytest
import sqlalchemy as sa
from flask import abort

from portal.extensions import db
from portal.organizations.refusals import LastOwner
from portal.web.access import access


@pytest.fixture
def broken(make_app):
    """An application with one view for each way to go wrong."""
    app = make_app()

    def add(rule, view):
        app.add_url_rule(rule, rule.strip("/"), access("public")(view))

    add("/boom", lambda: 1 / 0)
    add("/refused", lambda: (_ for _ in ()).throw(LastOwner()))
    add("/forbidden", lambda: abort(403))
    add("/away", lambda: (_ for _ in ()).throw(sa.exc.OperationalError("SELECT 1", {}, OSError("gone"))))
    return app.test_client()


def test_a_fault_of_ours_shows_no_trace(broken):
    answer = broken.get("/boom")

    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_a_database_that_is_away_asks_to_come_back(broken):
    answer = broken.get("/away")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_rule_that_says_no_says_why(broken):
    answer = broken.get("/refused")

    assert answer.status_code == 400
    assert "last owner" in answer.text


@pytest.mark.parametrize("path", ["/nothing-here", "/organizations/none/members"])
def test_what_is_not_there_has_a_page(client, path):
    assert client.get(path, follow_redirects=False).status_code in (404, 303)


def test_a_view_that_declares_nothing_lets_nobody_in(make_app):
    app = make_app()
    app.add_url_rule("/silent", "silent", lambda: "secret")

    assert app.test_client().get("/silent").status_code == 404


def test_a_failed_request_leaves_nothing_behind(broken):
    broken.get("/boom")

    with broken.application.app_context():
        assert not db.session.new
