"""Every limit is a setting with a line for operators, is told as a SCIM error, and is reached fast."""

import time
from pathlib import Path

import pytest

from portal.settings import Settings
from tests.factories import make_directory, make_organization, provision
from tests.scim.conftest import Idp
from tests.scim.test_groups import members
from tests.scim.test_groups import patch as patch_group
from tests.scim.test_users import GRACE, patch

LIMITS = [name for name in Settings.model_fields if name.startswith("scim_")]
SOON = 2.0  # seconds of the processor: other work on the machine counts for nothing


@pytest.fixture
def limited(make_app):
    """limited(scim_max_text=400): an IdP of an application with that setting."""
    contexts = []

    def limited(**settings):
        app = make_app(**settings)
        contexts.append(app.app_context())
        contexts[-1].push()
        return Idp(app.test_client(), make_directory(make_organization("Acme", domain="acme.example")))

    yield limited
    for context in contexts:
        context.pop()


def refused(answer, status, words):
    assert answer.status_code == status, answer.text
    assert answer.json["status"] == str(status)
    assert words in answer.json["detail"]


def many_emails(number):
    return {"userName": GRACE, "emails": [{"value": f"{one}@x.com"} for one in range(number)]}


@pytest.mark.once
@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_is_explained_to_operators(name):
    assert f"`{name.upper()}`" in Path("docs/operator.md").read_text()


@pytest.mark.parametrize(
    ("settings", "body", "status", "words"),
    [
        ({"scim_max_body": 1000}, {"userName": "x" * 1200}, 413, "1000 bytes"),
        ({"scim_max_depth": 8}, {"userName": GRACE, "x": [[[[[[[[1]]]]]]]]}, 400, "8 levels"),
        ({"scim_max_text": 400}, {"userName": GRACE, "title": "x" * 401}, 400, "400 characters"),
        ({"scim_max_values": 5}, many_emails(6), 400, "5 values"),
        ({}, {"userName": "x" * 321}, 400, "320 characters"),
        ({}, {"userName": "\ufdfa" * 100}, 400, "320 characters"),  # folds to 1,800 characters
        ({}, {"userName": GRACE, "externalId": "x" * 321}, 400, "320 characters"),
        ({}, {"userName": GRACE, "emails": [{"value": "x" * 321}]}, 400, "320 characters"),
        ({}, {"userName": GRACE, "displayName": "x" * 321}, 400, "320 characters"),
    ],
)  # fmt: skip
def test_what_is_too_large_is_told_with_the_limit(limited, settings, body, status, words):
    idp = limited(**settings)

    refused(idp.ask("POST", "/Users", body), status, words)
    assert idp.ask("GET", "/Users").json["totalResults"] == 0


@pytest.mark.parametrize(
    ("settings", "body"),
    [
        ({"scim_max_depth": 8}, {"userName": GRACE, "x": [[[[[[[1]]]]]]]}),
        ({"scim_max_text": 400}, {"userName": GRACE, "title": "x" * 400}),
        ({"scim_max_values": 5}, many_emails(5)), ({}, {"userName": "x" * 320}),
    ],
)  # fmt: skip
def test_what_just_fits_is_taken(limited, settings, body):
    assert limited(**settings).ask("POST", "/Users", body).status_code == 201


def test_the_same_limits_hold_for_changes(limited):
    idp = limited(scim_max_text=400, scim_max_values=3, scim_max_operations=2, scim_max_members=2)
    user, group = idp.create(), idp.create_group()

    refused(patch(idp, user, {"op": "add", "path": "title", "value": "x" * 401}), 400, "400 characters")
    refused(patch(idp, user, {"op": "add", "path": "emails", "value": many_emails(3)["emails"]}), 400, "3 values")
    refused(patch(idp, user, *[{"op": "add", "path": "title", "value": "x"}] * 3), 413, "2 operations")
    refused(patch_group(idp, group, {"op": "add", "path": "members", "value": ["x"] * 3}), 413, "2 members")


def test_a_page_is_no_longer_than_the_setting(limited):
    idp = limited(scim_max_results=3)
    for number in range(5):
        provision(idp.directory, f"p{number}@acme.example", apply=False)

    page = idp.ask("GET", "/Users?count=50").json

    assert (page["itemsPerPage"], page["totalResults"]) == (3, 5)
    assert idp.ask("GET", "/ServiceProviderConfig").json["filter"]["maxResults"] == 3


def test_a_name_that_grows_when_it_is_folded_is_still_found(idp):
    name = "\ufb03" * 100 + " Hopper"  # a ligature of three letters
    user = idp.create(name, emails=[])

    assert [one["id"] for one in idp.find(f'userName eq "{name}"')] == [user["id"]]
    assert idp.ask("POST", "/Users", {"userName": name.replace("\ufb03", "FFI")}).status_code == 409


def test_ten_thousand_members_in_one_request_are_taken_or_refused_soon(idp):
    people = [str(provision(idp.directory, f"p{number}@acme.example", apply=False).id) for number in range(50)]
    group, strangers = idp.create_group(), ["00000000-0000-7000-8000-000000000000"] * 10_000
    started = time.process_time()

    taken = patch_group(idp, group, {"op": "add", "path": "members", "value": [{"value": one} for one in people * 200]})
    refused(patch_group(idp, group, {"op": "add", "path": "members", "value": strangers}), 400, "no person with the id")

    assert taken.status_code == 204
    assert members(idp, group) == set(people)
    assert time.process_time() - started < 2 * SOON


HUGE = {
    "long name": ("/Users", {"userName": "x" * 1_000_000}),
    "name that grows": ("/Users", {"userName": "\u00e9\ufdfa" * 100_000}),
    "many names": ("/Users", {"userName": GRACE} | {f"name{number}": 1 for number in range(50_000)}),
    "many values": ("/Users", many_emails(50_000)),
    "many members": ("/Groups", {"displayName": "x", "members": [{"value": str(number)} for number in range(50_000)]}),
    "many attributes": ("/Users/.search", {"attributes": [f"name{number}" for number in range(100_000)]}),
    "long attributes": ("/Users/.search", {"attributes": ",".join(f"name{number}" for number in range(100_000))}),
    "deep filter": ("/.search", {"filter": "(" * 900_000}),
    "long filter": ("/.search", {"filter": " or ".join(["title pr"] * 60_000)}),
    "many operations": ("/Bulk", {"Operations": [{"method": "POST", "path": "/Users"}] * 20_000}),
    "brackets in text": ("/Users", b'{"userName": "' + b"[" * 1_900_000),
    "brackets": ("/Users", b"[" * 1_900_000),
    "deep": ("/Users", b'{"a":' * 300_000),
    "long number": ("/Users", b'{"userName": ' + b"9" * 1_000_000 + b"}"),
    "long fraction": ("/Users", b'{"userName": 1.' + b"9" * 1_000_000 + b"}"),
    "backslashes": ("/Users", b'"' + b"\\" * 1_900_000),
}


@pytest.mark.parametrize("what", HUGE)
def test_what_is_meant_to_exhaust_us_is_answered_soon(idp, what):
    path, body = HUGE[what]
    for number in range(3):
        idp.create(f"p{number}@acme.example")
    started = time.process_time()

    answer = idp.ask("POST", path, body)

    assert answer.status_code in (201, 400, 413), answer.text[:300]
    assert answer.mimetype == "application/scim+json"
    assert time.process_time() - started < SOON


@pytest.mark.parametrize("count", ["many", "1.5", "9" * 5000])
def test_a_count_that_is_none_has_its_own_error_where_pages_go_by_cursor(idp, count):  # RFC 9865 §2.1
    answers = [idp.ask("GET", f"/Users?count={count}{more}") for more in ("&cursor=", "")]

    assert [answer.json["scimType"] for answer in answers] == ["invalidCount", "invalidValue"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_compressed_body_is_415_in_words(idp, encoding):
    answer = idp.ask("POST", "/Users", b"\x1f\x8b\x08", **{"Content-Encoding": encoding})

    refused(answer, 415, "compressed")


@pytest.mark.parametrize(
    "body",
    [
        '{"userName": "é"}'.encode("latin-1"), '{"userName": "é"}'.encode("utf-16-le"), '{"userName": "é"}'.encode("utf-32"),
        b'{"userName": "\xed\xa0\x80"}', b'{"userName": "\xc0\xaf"}', b'\xef\xbb\xbf{"userName": "a"}', b'{"userName": "\xff"}',
        b'{"userName": "a\x00b"}', b'{"userName": "a\\u0000b"}', b'{"user\\u0000Name": "a"}', b'{"userName": "\\udc00"}',
        b'{"emails": ["\\ud800"], "userName": "a"}', b'{"userName": "a", "name": {"givenName": "\\ud800x"}}',
    ],
)  # fmt: skip
def test_what_no_database_keeps_is_refused_in_json(idp, body):
    answer = idp.ask("POST", "/Users", body, **{"Content-Type": "application/json; charset=utf-16"})

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidSyntax")
