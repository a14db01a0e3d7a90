"""Every answer is strict about what it may load, and says which request it was."""

import io
import json
import sys

import pytest

from portal.web.headers import POLICY
from tests.conftest import settings_for


@pytest.mark.parametrize("path", ["/healthz", "/login", "/nothing-here"])
def test_every_answer_has_the_strict_policy(client, path):
    headers = client.get(path).headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in POLICY


def test_the_cookie_is_strict_behind_https(make_app):
    app = make_app(public_url="https://login.example.com")

    assert app.config["SESSION_COOKIE_NAME"] == "__Host-vestibule"
    assert (app.config["SESSION_COOKIE_SECURE"], app.config["SESSION_COOKIE_HTTPONLY"]) == (True, True)


def test_addresses_never_come_from_the_host_header(client, acme):
    answer = client.get("/readyz", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert "evil.example" not in answer.text + str(answer.headers)


def test_a_log_line_is_one_json_object_with_the_requests_id(make_app, capsys):
    app = make_app(log_level="INFO")

    request_id = app.test_client().get("/healthz").headers["X-Request-ID"]

    line = json.loads(capsys.readouterr().err.strip().splitlines()[-1])
    assert (line["request_id"], line["route"], line["status"]) == (request_id, "/healthz", 200)


def test_production_refuses_what_is_unsafe(tmp_path):
    from portal.settings import SettingsRefused, read

    with pytest.raises(SettingsRefused, match="SECRET_KEY"):
        read(environment="production", instance_path=tmp_path)
    assert settings_for(tmp_path, "").environment == "test"


def test_a_log_nobody_reads_any_more_breaks_no_request(make_app, monkeypatch):
    app = make_app(log_level="INFO")
    gone = io.StringIO()
    gone.close()
    monkeypatch.setattr(sys, "stderr", gone)

    assert app.test_client().get("/healthz").status_code == 200
