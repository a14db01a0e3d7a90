"""Okta's SCIM 2.0 SPEC test, step by step, as an admin runs it against a new integration."""

from urllib.parse import quote

import pytest

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
NEW = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Runscope300@acme.example", "active": True,
    "name": {"givenName": "Runscope", "familyName": "Test"}, "displayName": "Runscope Test",
    "emails": [{"primary": True, "value": "runscope300@acme.example", "type": "work"}],
}  # fmt: skip


@pytest.fixture
def first(idp):
    """The test wants one person with name, e-mail and active."""
    return idp.create(name={"givenName": "Grace", "familyName": "Hopper"})


def by_name(idp, name):
    return idp.ask("GET", f"/Users?filter=userName%20eq%20{quote(chr(34) + name + chr(34))}")


def test_the_list_of_users(idp, first):
    answer = idp.ask("GET", "/Users?count=1&startIndex=1")

    assert (answer.status_code, answer.json["schemas"]) == (200, [LIST])
    assert [type(answer.json[name]) for name in ("itemsPerPage", "startIndex", "totalResults")] == [int] * 3
    found = answer.json["Resources"][0]
    assert all(found["name"][part] for part in ("familyName", "givenName"))
    assert found["id"]
    assert found["userName"]
    assert found["active"] is True
    assert found["emails"][0]["value"]


def test_one_user_by_id(idp, first):
    answer = idp.ask("GET", f"/Users/{first['id']}")

    assert (answer.status_code, answer.json) == (200, first)


def test_an_unknown_user_by_name_is_an_empty_list(idp):
    answer = by_name(idp, "abcdefgh@atko.com")

    assert (answer.status_code, answer.json["schemas"], answer.json["totalResults"]) == (200, [LIST], 0)


@pytest.mark.parametrize("unknown", ["010101001010101011001010101011", "00919288221112222"])
def test_an_unknown_user_by_id_is_404(idp, unknown):
    answer = idp.ask("GET", f"/Users/{unknown}")

    assert (answer.status_code, answer.json["schemas"], answer.json["status"]) == (404, [ERROR], "404")
    assert answer.json["detail"]


def test_a_user_is_created_found_and_not_created_twice(idp):
    assert by_name(idp, NEW["userName"]).json["totalResults"] == 0

    created = idp.ask("POST", "/Users", NEW)

    assert created.status_code == 201
    assert {name: created.json[name] for name in NEW} == NEW
    assert idp.ask("GET", f"/Users/{created.json['id']}").json["userName"] == NEW["userName"]
    assert idp.ask("POST", "/Users", NEW).status_code == 409
    assert by_name(idp, NEW["userName"].upper()).json["totalResults"] == 1


def test_the_list_of_groups(idp):
    assert idp.ask("GET", "/Groups").status_code == 200


def test_a_wrong_token_is_401(idp):
    answer = idp.ask("GET", "/Users", Authorization="Bearer non-token")

    assert (answer.status_code, answer.json["schemas"], answer.json["status"]) == (401, [ERROR], "401")
    assert answer.json["detail"]
