"""The practice Okta sends Okta's own requests (facts/scim.md §2.1)."""

import pytest

from portal.practice.okta_scim import Okta, OktaCatalogue
from portal.practice.scim_client import Failed
from tests.practice.people import alan, engineers, grace

pytestmark = pytest.mark.once

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
GRACE = {
    "schemas": [USER],
    "userName": "grace@acme.example",
    "name": {"givenName": "Grace", "familyName": "Hopper"},
    "emails": [{"primary": True, "value": "grace@acme.example", "type": "work"}],
    "displayName": "Grace Hopper",
    "locale": "en-US",
    "externalId": "00u1grace",
    "groups": [],
    "active": True,
}


def test_the_connection_is_tested_by_listing_people_and_groups(recorder):
    Okta(recorder.url, "secret").test()

    assert recorder.sent() == [
        ("GET", "/Users?startIndex=1&count=2", None),
        ("GET", "/Groups?startIndex=1&count=100", None),
    ]


def test_it_names_itself_and_brings_its_token(recorder):
    Okta(recorder.url, "secret").push(grace())

    assert recorder.agents() == {"Okta SCIM Client 1.0.0"}
    assert {headers["Authorization"] for *_, headers in recorder.requests} == {"Bearer secret"}
    assert recorder.requests[-1][-1]["Content-Type"] == "application/scim+json; charset=utf-8"


def test_a_new_person_is_matched_first_and_then_created(recorder):
    person = grace()

    Okta(recorder.url, "secret").push(person)

    (_, match, _), (method, path, body) = recorder.sent()
    assert match == "/Users?filter=userName%20eq%20%22grace%40acme.example%22&startIndex=1&count=100"
    assert (method, path) == ("POST", "/Users")
    assert len(body.pop("password")) == 8
    assert body == GRACE
    assert person.remote_id == "r1"


def test_a_person_the_server_has_already_is_adopted_not_created(recorder):
    recorder.resources["/Users/old"] = {"id": "old", "userName": "grace@acme.example", "title": "Rear admiral"}
    person = grace()

    Okta(recorder.url, "secret").push(person)

    assert [(method, path) for method, path, _ in recorder.sent()][1:] == [("GET", "/Users/old"), ("PUT", "/Users/old")]
    assert person.remote_id == "old"


def test_an_update_puts_back_the_whole_document(recorder):
    person, client = grace(), Okta(recorder.url, "secret")
    client.push(person)
    recorder.resources["/Users/r1"] |= {"meta": {"resourceType": "User"}, "title": "Rear admiral"}

    person.family_name = "Murray"
    client.push(person)

    method, path, body = recorder.sent()[-1]
    assert (method, path) == ("PUT", "/Users/r1")
    assert body["name"] == {"givenName": "Grace", "familyName": "Murray"}
    assert (body["id"], body["title"], body["meta"]) == ("r1", "Rear admiral", {"resourceType": "User"})


@pytest.mark.parametrize("change", [{"active": False}, {"assigned": False}])
def test_whoever_is_blocked_or_unassigned_is_deactivated_by_put(recorder, change):
    person, client = grace(), Okta(recorder.url, "secret")
    client.push(person)

    for name, value in change.items():
        setattr(person, name, value)
    client.push(person)

    method, path, body = recorder.sent()[-1]
    assert (method, path, body["active"]) == ("PUT", "/Users/r1", False)


def test_an_app_of_the_catalogue_deactivates_by_patch_without_a_path(recorder):
    person, client = grace(), OktaCatalogue(recorder.url, "secret")
    client.push(person)

    person.active = False
    client.push(person)

    operations = [{"op": "replace", "value": {"active": False}}]
    assert recorder.sent()[-1] == ("PATCH", "/Users/r1", {"schemas": [PATCH_OP], "Operations": operations})


def test_it_never_deletes_a_person(recorder):
    person, client = grace(), Okta(recorder.url, "secret")
    client.push(person)

    client.delete(person)

    assert "DELETE" not in [method for method, *_ in recorder.sent()]
    assert recorder.resources["/Users/r1"]["active"] is False


def test_a_group_is_created_empty_and_then_put_with_its_members(recorder):
    person, group, client = grace(), engineers(), Okta(recorder.url, "secret")
    client.push(person)

    client.push_group(group, [person])

    match, create, put = recorder.sent()[2:]
    assert match[1] == "/Groups?filter=displayName%20eq%20%22Engineering%22&startIndex=1&count=100"
    assert create == ("POST", "/Groups", {"schemas": [GROUP], "displayName": "Engineering", "members": []})
    members = [{"value": "r1", "display": "grace@acme.example"}]
    body = {"schemas": [GROUP], "id": "r2", "displayName": "Engineering", "members": members}
    assert put == ("PUT", "/Groups/r2", body)


def test_an_app_of_the_catalogue_changes_members_by_patch_and_sends_the_name_along(recorder):
    ours = [grace(remote_id="u1"), alan(remote_id="u2")]
    group, client = engineers(remote_id="g1", pushed=["u1"]), OktaCatalogue(recorder.url, "secret")
    recorder.resources["/Groups/g1"] = {"id": "g1"}

    client.push_group(group, ours[1:])

    rename = [{"op": "replace", "value": {"id": "g1", "displayName": "Engineering"}}]
    members = [
        {"op": "remove", "path": 'members[value eq "u1"]'},
        {"op": "add", "path": "members", "value": [{"value": "u2", "display": "alan@acme.example"}]},
    ]
    assert [body["Operations"] for *_, body in recorder.sent()] == [rename, members]
    assert group.pushed == ["u2"]


def test_unlinking_a_group_deletes_it(recorder):
    group, client = engineers(), Okta(recorder.url, "secret")
    client.push_group(group, [])

    client.delete_group(group)

    assert recorder.sent()[-1] == ("DELETE", "/Groups/r1", None)
    assert group.remote_id == ""


def test_a_refusal_stops_it_and_is_told_in_the_servers_words(recorder):
    recorder.refuse["POST", "/Users"] = (409, {"detail": "userName is taken", "status": "409"})

    with pytest.raises(Failed, match="409: userName is taken"):
        Okta(recorder.url, "secret").push(grace())


def test_the_transcript_holds_each_exchange_without_the_token(recorder):
    client = Okta(recorder.url, "secret")
    client.push(grace())

    match, create = client.transcript
    assert (match.method, match.status, match.answer) == ("GET", 200, {"totalResults": 0, "Resources": []})
    assert (create.method, create.status, create.sent["userName"]) == ("POST", 201, "grace@acme.example")
    assert "secret" not in str(client.transcript)


def test_a_server_that_is_not_there_is_a_failed_exchange():
    client = Okta("http://127.0.0.1:9/scim", "secret")

    with pytest.raises(Failed, match="Nobody answered"):
        client.test()
    assert client.transcript[0].status == 0
