"""The practice Entra sends Entra's own requests, with its flag and without (facts/scim.md §2.2)."""

import re
from urllib.parse import unquote_plus

import pytest

from portal.practice.entra_scim import Entra
from tests.practice.people import alan, engineers, grace

pytestmark = pytest.mark.once

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ADSCIM = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
GRACE = {
    "schemas": [USER, ENTERPRISE],
    "externalId": "00u1grace",
    "userName": "grace@acme.example",
    "active": True,
    "emails": [{"primary": True, "type": "work", "value": "grace@acme.example"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Grace Hopper", "familyName": "Hopper", "givenName": "Grace"},
    "roles": [],
}
PLAIN, FLAGGED = "", "?aadOptscim062020"


def entra(recorder, flag=PLAIN):
    return Entra(recorder.url + flag, "secret")


def pushed(recorder, flag=PLAIN):
    """A client, and Grace as the server has her."""
    person, client = grace(), entra(recorder, flag)
    client.push(person)
    recorder.resources["/Users/r1"] |= {"displayName": "Grace Hopper"}
    recorder.requests.clear()
    return client, person


def operations(recorder):
    return [body["Operations"] for method, _, body in recorder.sent() if method == "PATCH"]


def test_the_connection_is_tested_with_a_person_who_cannot_exist(recorder):
    entra(recorder).test()

    ((method, path, _),) = recorder.sent()
    assert method == "GET"
    assert re.fullmatch(r'/Users\?filter=userName eq "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', unquote_plus(path))


def test_a_new_person_is_matched_by_external_id_then_by_user_name_then_created(recorder):
    person = grace()

    entra(recorder).push(person)

    by_id, by_name, create = recorder.sent()
    assert by_id[1] == "/Users?filter=externalId+eq+%2200u1grace%22"
    assert by_name[1] == "/Users?filter=userName+eq+%22grace%40acme.example%22"
    assert create == ("POST", "/Users", GRACE)
    assert person.remote_id == "r1"


def test_the_flag_is_not_part_of_any_request(recorder):
    entra(recorder, FLAGGED).push(grace())

    assert "aadOptscim" not in str(recorder.sent())


def test_nothing_is_sent_for_a_person_who_has_not_changed(recorder):
    client, person = pushed(recorder)

    client.push(person)

    assert [method for method, *_ in recorder.sent()] == ["GET"]


def test_disabling_somebody_says_false_as_text(recorder):
    client, person = pushed(recorder)

    person.active = False
    client.push(person)

    assert operations(recorder) == [[{"op": "Replace", "path": "active", "value": "False"}]]


def test_disabling_somebody_with_the_flag_says_false_as_a_boolean(recorder):
    client, person = pushed(recorder, FLAGGED)

    person.assigned = False
    client.push(person)

    assert operations(recorder) == [[{"op": "replace", "path": "active", "value": False}]]


def test_each_changed_attribute_is_an_operation_of_its_own(recorder):
    client, person = pushed(recorder)

    person.user_name, person.family_name = "grace.murray@acme.example", "Murray"
    client.push(person)

    assert operations(recorder) == [
        [
            {"op": "Replace", "path": "displayName", "value": "Grace Murray"},
            {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "grace.murray@acme.example"},
            {"op": "Replace", "path": "name.familyName", "value": "Murray"},
            {"op": "Replace", "path": "name.formatted", "value": "Grace Murray"},
            {"op": "Replace", "path": "userName", "value": "grace.murray@acme.example"},
        ]
    ]


def test_with_the_flag_changes_come_together_under_dotted_names(recorder):
    client, person = pushed(recorder, FLAGGED)

    person.user_name, person.family_name = "grace.murray@acme.example", "Murray"
    client.push(person)

    together = {
        "displayName": "Grace Murray",
        "name.familyName": "Murray",
        "name.formatted": "Grace Murray",
        "userName": "grace.murray@acme.example",
    }
    assert operations(recorder) == [
        [
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "grace.murray@acme.example"},
            {"op": "replace", "value": together},
        ]
    ]


def test_a_hard_delete_is_a_delete(recorder):
    client, person = pushed(recorder)

    client.delete(person)

    assert recorder.sent() == [("DELETE", "/Users/r1", None)]


def test_a_group_is_looked_up_without_its_members_and_created_with_the_adscim_schema(recorder):
    entra(recorder).push_group(engineers(), [])

    look, create = recorder.sent()
    assert look[1] == "/Groups?excludedAttributes=members&filter=displayName+eq+%22Engineering%22"
    assert create == (
        "POST",
        "/Groups",
        {
            "schemas": [GROUP, ADSCIM],
            "externalId": "00g1",
            "displayName": "Engineering",
            "meta": {"resourceType": "Group"},
        },
    )


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (
            PLAIN,
            [
                [{"op": "Add", "path": "members", "value": [{"$ref": None, "value": "u2"}]}],
                [{"op": "Remove", "path": "members", "value": [{"$ref": None, "value": "u1"}]}],
            ],
        ),
        (
            FLAGGED,
            [
                [{"op": "add", "path": "members", "value": [{"value": "u2"}]}],
                [{"op": "remove", "path": 'members[value eq "u1"]'}],
            ],
        ),
    ],
)
def test_members_are_added_and_removed_one_patch_each(recorder, flag, expected):
    recorder.resources["/Groups/g1"] = {"id": "g1", "displayName": "Engineering"}

    entra(recorder, flag).push_group(engineers(remote_id="g1", pushed=["u1"]), [alan(remote_id="u2")])

    assert operations(recorder) == expected


def test_a_renamed_group_is_patched(recorder):
    recorder.resources["/Groups/g1"] = {"id": "g1", "displayName": "Engineering"}

    entra(recorder).push_group(engineers(remote_id="g1", name="Builders"), [])

    assert recorder.sent()[0][1] == "/Groups/g1?excludedAttributes=members"
    assert operations(recorder) == [[{"op": "Replace", "path": "displayName", "value": "Builders"}]]
