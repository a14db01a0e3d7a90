"""Who may use the API, and how wrong requests are answered."""

from datetime import timedelta

import pytest
import time_machine

from portal.api import problems
from portal.extensions import db
from portal.models import ApiKey, Event
from portal.models.base import now
from portal.organizations import api_keys, refusals
from portal.organizations.actors import OPERATOR


def test_a_key_is_kept_as_a_hash_and_shown_by_its_prefix(app):
    row, secret = api_keys.issue("CI", ["users:read"], by=OPERATOR)

    assert secret.startswith(row.prefix)
    assert secret not in {str(value) for value in vars(row).values()}
    assert api_keys.find(secret) is row
    assert db.session.scalars(db.select(Event.name)).all() == ["api_key.created"]


@pytest.mark.parametrize("scopes", [[], ["everything"], ["users:read", "users:eat"]])
def test_a_key_needs_scopes_that_exist(app, scopes):
    with pytest.raises(LookupError):
        api_keys.issue("CI", scopes, by=OPERATOR)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer vsk_wrong", "Basic dXNlcjpwYXNz", "vsk_x"])
def test_without_a_known_key_nobody_comes_in(client, header):
    answer = client.get("/api/v1/users", headers={"Authorization": header} if header is not None else {})

    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="API"'


def test_a_revoked_key_is_dead_at_once(program):
    program.get("/users")
    api_keys.revoke(api_keys.find(program.key), by=OPERATOR)

    program.get("/users", 401)


def test_a_key_expires(make_program):
    program = make_program(days=1)

    with time_machine.travel(now() + timedelta(days=1, seconds=1)):
        program.get("/users", 401)


def test_a_key_reaches_as_far_as_its_scopes(make_program, acme):
    program = make_program("users:write", "members:read")

    program.get("/users")
    program.post("/users", {"email": "new@acme.example"})
    program.get("/organizations/acme/memberships")
    refused = program.post("/organizations/acme/memberships", {"email": "new@acme.example"}, 403)
    assert refused["code"] == "scope_missing"
    assert "members:write" in refused["detail"]
    program.get("/organizations", 403)


def test_the_use_of_a_key_is_noted(program):
    program.get("/users")

    db.session.expire_all()
    assert db.session.scalars(db.select(ApiKey)).one().last_used_at is not None


def test_there_is_a_limit_per_key(make_app, tmp_path):
    app = make_app(api_rate=2)
    with app.app_context(), time_machine.travel(now(), tick=False):
        _, secret = api_keys.issue("CI", ["users:read"], by=OPERATOR)
        db.session.commit()
        asked = {"headers": {"Authorization": f"Bearer {secret}"}}
        answers = [app.test_client().get("/api/v1/users", **asked) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "1"


@pytest.mark.once
def test_every_refusal_has_its_status_and_code():
    every = {one for one in refusals.Refused.__subclasses__() if one.__module__ == refusals.__name__}

    assert set(problems.REFUSALS) == every
    assert len({code for _, code in problems.REFUSALS.values()}) == len(every)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, "not_found"),
        ("GET", "/organizations/nobody", 404, "not_found"),
        ("GET", "/organizations/%00", 404, "not_found"),
        ("GET", "/users/not-an-id", 404, "not_found"),
        ("GET", "/users/00000000-0000-0000-0000-000000000000", 404, "not_found"),
        ("PUT", "/users", 405, "method_not_allowed"),
        ("GET", "/users?limit=0", 422, "invalid"),
        ("GET", "/users?limit=201", 422, "invalid"),
        ("GET", "/users?after=x", 422, "invalid"),
        ("GET", "/users?colour=red", 422, "invalid"),
        ("GET", "/users?email=%00", 422, "invalid"),
    ],
)
def test_what_is_asked_wrongly_is_a_problem_with_a_code(program, method, path, status, code):
    answer = program.ask(method, path)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "mime", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_json"),
        (b"[]", "application/json", 400, "bad_json"),
        (b'{"email": "a@b.example", "email": "c@d.example"}', "application/json", 400, "bad_json"),
        (b'{"email": "a\\u0000@b.example"}', "application/json", 400, "bad_json"),
        (b'{"email": "\\ud800"}', "application/json", 400, "bad_json"),
        (b"\xff", "application/json", 400, "bad_json"),
        (b"[" * 5000, "application/json", 400, "bad_json"),
        (b"{}", "application/json", 422, "invalid"),
        (b'{"email": 7}', "application/json", 422, "invalid"),
        (b'{"email": "a@b.example", "staff": true}', "application/json", 422, "invalid"),
        (b'{"email": "a@b.example", "email_verified": "yes"}', "application/json", 422, "invalid"),
        (b'{"email": "no address"}', "application/json", 422, "bad_email"),
        (b"email=a", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b" " * 1_000_001, "application/json", 413, "too_large"),
    ],
)
def test_a_body_is_read_strictly(program, body, mime, status, code):
    answer = program.ask("POST", "/users", data=body, content_type=mime)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_a_problem_says_where_it_is_and_repeats_nothing(program):
    answer = program.ask("POST", "/users", {"email": ["<secret>"]})

    assert answer.get_json()["errors"][0]["where"] == "/email"
    assert "<secret>" not in answer.text
