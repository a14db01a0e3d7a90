"""Whatever is sent, the answer is a SCIM error in JSON, and nothing is half done."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.scim.attributes import PEOPLE

BODIES = {
    "nothing": b"", "not json": b"{", "a list": b"[]", "a number": b"7", "nan": b'{"userName": NaN}', "infinite": b'{"a": 1e999}',
    "deep": b"[" * 5000, "deep object": b'{"a":' * 200 + b"1" + b"}" * 200, "utf-16": '{"userName":"a"}'.encode("utf-16"),
    "twice": b'{"userName": "a", "userName": "b"}', "surrogate": b'{"userName": "\\ud800"}', "nul": b'{"userName": "a\\u0000b"}',
    "long name": json.dumps({"userName": "x" * 1_000_000}).encode(), "name is a list": b'{"userName": ["a"]}',
    "emails are numbers": b'{"userName": "a", "emails": [1]}', "active is a word": b'{"userName": "a", "active": "perhaps"}',
    "large number": b'{"userName": "a", "externalId": ' + b"9" * 400 + b"}", "extension is text":
    b'{"userName": "a", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": "x"}',
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_broken_body_is_a_clear_error(idp, body):
    answer = idp.ask("POST", "/Users", body)

    assert answer.status_code in (400, 413), answer.text
    assert answer.json["detail"]
    assert idp.ask("GET", "/Users").json["totalResults"] == 0


def test_a_body_that_is_too_large_is_413(make_app):
    from tests.factories import make_directory, make_organization
    from tests.scim.conftest import Idp

    app = make_app(scim_max_body=2000)
    with app.app_context():
        idp = Idp(app.test_client(), make_directory(make_organization("Acme")))
        assert idp.ask("POST", "/Users", {"userName": "a", "title": "x" * 3000}).status_code in (400, 413)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_kind_of_body_is_415(idp, kind):
    assert idp.ask("POST", "/Users", b'{"userName": "a"}', **{"Content-Type": kind}).status_code == 415


@pytest.mark.parametrize(
    "path",
    [
        "/Users/%00",
        "/Users/..%2f..",
        "/Users/%0d%0aX",
        "/Users?filter=%00",
        "/Users?startIndex=9e99",
        "/Users?sortBy=nosuch",
        "/Users?filter=" + "(" * 2000,
    ],
)
def test_a_broken_address_is_a_clear_error(idp, path):
    answer = idp.ask("GET", path)

    assert answer.status_code in (400, 404)
    assert answer.json["detail"]


NAMES = ["op", "path", "value", "Operations", "userName", "emails", "active", "name", "members", "type", "x"]
PIECES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.sampled_from(["work", "emails", "False"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(op=st.sampled_from(["add", "Replace", "remove", "x"]), path=st.text(max_size=10) | st.sampled_from(
    ["emails", 'emails[type eq "work"].value', "name.givenName", "members", "active", f"{PEOPLE.schema.urn}:title"]
), value=PIECES)  # fmt: skip
def test_no_patch_is_ever_a_fault_of_ours(idp, op, path, value):
    found = idp.ask("GET", "/Users").json["Resources"]
    user = found[0] if found else idp.create()

    answer = idp.ask("PATCH", f"/Users/{user['id']}", {"Operations": [{"op": op, "path": path, "value": value}]})

    assert answer.status_code in (200, 400, 409), answer.text


def test_two_directories_see_nothing_of_each_other(idp, other_idp):
    mine, theirs = idp.create(), other_idp.create("grace@acme.example")

    assert (
        idp.ask("GET", f"/Users/{theirs['id']}").json
        == idp.ask("GET", "/Users/00000000-0000-7000-8000-000000000000").json
    )
    for method in ("PUT", "PATCH", "DELETE"):
        body = {"userName": "x", "Operations": [{"op": "replace", "path": "title", "value": "x"}]}
        assert idp.ask(method, f"/Users/{theirs['id']}", None if method == "DELETE" else body).status_code == 404
    assert [one["id"] for one in idp.ask("GET", "/Users").json["Resources"]] == [mine["id"]]
