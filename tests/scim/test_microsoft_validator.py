"""What Microsoft's SCIM validator and its public Postman collection expect, without their mistakes.

Left out, because they contradict the RFC: a discovery address called /serviceConfiguration, `attributes` with a filter in it, an
echoed display of members, and filter values without quotes.
"""

import pytest

from portal.scim.attributes import CORE_USER, ENTERPRISE
from tests.scim.test_groups import patch as patch_group
from tests.scim.test_users import GRACE, patch

VERBOSE = {
    "displayName": "KQVDHBTXAEIL", "title": "FHNQYUIJRMLG", "preferredLanguage": "de-AT", "name.givenName": "Alana",
    "name.familyName": "Kerluke", "name.formatted": "Alana K", "name.middleName": "M", "name.honorificPrefix": "Dr",
    "name.honorificSuffix": "III", 'emails[type eq "work"].value': "alana@acme.example", "locale": "x",
    "timezone": "Africa/Abidjan",
    'phoneNumbers[type eq "work"].value': "60-150-0750", 'phoneNumbers[type eq "mobile"].value': "60-150-0750",
    'phoneNumbers[type eq "fax"].value': "60-150-0750", 'addresses[type eq "work"].formatted': "a",
    'addresses[type eq "work"].streetAddress': "b", 'addresses[type eq "work"].locality': "c",
    'addresses[type eq "work"].region': "d", 'addresses[type eq "work"].postalCode': "e",
    'addresses[type eq "work"].country': "f",
    'roles[primary eq "True"].display': "g", 'roles[primary eq "True"].value': "h", 'roles[primary eq "True"].type': "i",
    "nickName": "n", "profileUrl": "p", "userType": "u", f"{ENTERPRISE}:employeeNumber": "1", f"{ENTERPRISE}:department": "2",
    f"{ENTERPRISE}:costCenter": "3", f"{ENTERPRISE}:organization": "4", f"{ENTERPRISE}:division": "5",
}  # fmt: skip


def expected(verbose):
    """The resource those operations make."""
    found = {"schemas": [CORE_USER, ENTERPRISE]}
    for path, value in verbose.items():
        head, bracket, tail = path.partition("[")
        if bracket:
            kind, words = ("primary", True) if "primary" in tail else ("type", tail.split('"')[1])
            elements = found.setdefault(head, [])
            element = next((one for one in elements if one.get(kind) == words), None) or {kind: words}
            element[tail.rpartition(".")[2]] = value
            found[head] = [one for one in elements if one is not element] + [element]
        elif path.startswith(ENTERPRISE):
            found.setdefault(ENTERPRISE, {})[path.rpartition(":")[2]] = value
        elif "." in path:
            found.setdefault("name", {})[path.partition(".")[2]] = value
        else:
            found[path] = value
    return found


@pytest.mark.parametrize("op", ["Add", "Replace"])
def test_patch_user_replace_attributes_verbose(idp, op):
    user = idp.ask("POST", "/Users", {"schemas": [CORE_USER, ENTERPRISE], "userName": GRACE}).json

    answer = patch(idp, user, *({"op": op, "path": path, "value": value} for path, value in VERBOSE.items()))

    assert answer.status_code == 200, answer.text
    wanted = expected(VERBOSE)
    assert {name: answer.json[name] for name in wanted} == wanted


def test_patch_user_replace_attributes_in_one_value(idp):
    user = idp.create(emails=[])

    answer = patch(idp, user, {"op": "replace", "value": VERBOSE})

    wanted = expected(VERBOSE)
    assert {name: answer.json[name] for name in wanted} == wanted


@pytest.mark.parametrize("name", [GRACE, GRACE.upper()])
def test_filter_existing_user_also_in_another_case(idp, name):
    user = idp.create()

    assert [one["id"] for one in idp.find(f'userName eq "{name}"')] == [user["id"]]
    assert not idp.find('userName eq "non-existing"')


def test_manager_is_added_replaced_and_removed(idp):
    user, path = idp.create(), f"{ENTERPRISE}:manager"

    shown = [
        patch(idp, user, {"op": op, "path": path, "value": value}).json.get(ENTERPRISE)
        for op, value in (("Add", "1"), ("Replace", {"value": "2"}), ("replace", {"value": ""}))
    ]

    assert shown == [{"manager": {"value": "1"}}, {"manager": {"value": "2"}}, None]


@pytest.mark.parametrize("name", ["Engineering", "ENGINEERING"])
def test_filter_existing_group_excluding_members(idp, name):
    idp.create_group(members=[idp.create()["id"]])

    found = idp.ask("GET", f"/Groups?excludedAttributes=members&filter=displayName+eq+%22{name}%22").json["Resources"]

    assert len(found) == 1
    assert "members" not in found[0]


@pytest.mark.parametrize("op", ["Add", "Replace"])  # the validator's "Add Member" replaces
def test_add_and_remove_member(idp, op):
    user, group = idp.create(), idp.create_group()

    added = patch_group(idp, group, {"op": op, "path": "members", "value": [{"value": user["id"]}]})
    inside = idp.ask("GET", f"/Groups/{group['id']}").json["members"]
    removed = patch_group(idp, group, {"op": "remove", "path": f'members[value eq "{user["id"]}"]'})

    assert (added.status_code, removed.status_code) == (204, 204)
    assert [one["value"] for one in inside] == [user["id"]]
    assert idp.ask("GET", f"/Groups/{group['id']}").json["members"] == []


def test_deleting_the_same_one_twice_and_nobody_is_404(idp):
    user, group = idp.create(), idp.create_group()

    for kind, one in (("Users", user), ("Groups", group)):
        answers = [idp.ask("DELETE", f"/{kind}/{target}") for target in (one["id"], one["id"], "nobody")]
        assert [answer.status_code for answer in answers] == [204, 404, 404]


@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_garbage_is_400(idp, kind):  # the collection's "with garbage" folders
    for body in ({}, {"schemas": []}, {"schemas": [CORE_USER], "nosuch": "x"}, []):
        answer = idp.ask("POST", f"/{kind}", body)
        assert (answer.status_code, answer.json["status"]) == (400, "400")


def test_members_as_plain_text_and_a_misspelt_attribute_are_tolerated(idp):
    user, group = idp.create(), idp.create_group()

    assert patch_group(idp, group, {"op": "add", "path": "members", "value": user["id"]}).status_code == 204
    assert idp.ask("PUT", f"/Users/{user['id']}", {"userName": GRACE, "displlayName": "x"}).status_code == 200
