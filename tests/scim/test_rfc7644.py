"""RFC 7644 outside of reading and PATCH: transport, creating, replacing, deleting, versions, errors, discovery, tenants."""

import pytest

from portal.scim.attributes import CORE_GROUP, CORE_USER, ENTERPRISE
from tests.scim.test_groups import patch as patch_group
from tests.scim.test_users import GRACE, patch

ERROR = ["urn:ietf:params:scim:api:messages:2.0:Error"]


def refused(answer, status, scim_type=None):
    assert (answer.status_code, answer.json.get("scimType")) == (status, scim_type), answer.text
    assert answer.mimetype == "application/scim+json"
    assert (answer.json["schemas"], answer.json["status"]) == (ERROR, str(status))
    return answer.json["detail"]


@pytest.mark.parametrize("kind", ["application/scim+json", "application/json", "application/json; charset=utf-8"])
def test_both_types_are_taken_and_one_is_answered(idp, kind):  # §3.1, §8.1
    answer = idp.ask("POST", "/Users", {"userName": GRACE}, **{"Content-Type": kind, "Accept": "application/json"})

    assert (answer.status_code, answer.mimetype) == (201, "application/scim+json")


def test_an_error_is_json_also_for_a_client_that_takes_html(idp):  # §3.12
    refused(idp.ask("GET", "/nosuch", Accept="text/html"), 404)


@pytest.mark.parametrize("spelling", ["//Users", "/Users/", "///Users//"])
def test_a_slash_too_many_loses_nothing(idp, spelling):
    answer = idp.ask("POST", spelling, {"userName": GRACE})

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{idp.directory.base_url}/Users/{answer.json['id']}"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/users", "it is /Users"), ("/Users/Users", "twice"), ("/Users/Groups", "“Users” does not belong"),
        ("/v2/Users", "“v2” does not belong"),
        ("/scim/v2/Users", "stands twice"), ("/scim/v2/x/Users", "stands twice"),
        ("", "is the base URL"), ("/", "is the base URL"),
        ("/nosuch", "Check the base URL"), ("/serviceproviderconfig", "it is /ServiceProviderConfig"),
    ],
)  # fmt: skip
def test_a_wrong_address_says_what_is_wrong_with_it(idp, path, words):
    assert words in refused(idp.ask("GET", path), 404)


def test_a_new_resource_is_at_its_location_also_when_little_was_asked_for(idp):  # §3.3, §3.9
    answer = idp.ask("POST", "/Users?attributes=userName", {"userName": GRACE})

    assert answer.json == {"schemas": [CORE_USER], "id": answer.json["id"], "userName": GRACE}
    assert answer.headers["Location"] == f"{idp.directory.base_url}/Users/{answer.json['id']}"
    assert idp.ask("GET", f"/Users/{answer.json['id']}").headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_written_attributes_can_be_left_out_of_the_answer(idp, method):  # §3.9
    path = "/Users" if method == "POST" else f"/Users/{idp.create()['id']}"

    answer = idp.ask(method, f"{path}?excludedAttributes=emails,meta", {"userName": "x@acme.example", "emails": []})

    assert answer.json.keys() == {"schemas", "id", "userName", "active"}


def test_unknown_attributes_and_schemas_are_passed_over(idp):  # §3.3
    user = idp.create(schemas=[CORE_USER, "urn:example:x"], nosuch={"a": 1}, **{"urn:example:x": {"b": 2}})

    assert user["schemas"] == [CORE_USER]
    assert not {"nosuch", "urn:example:x"} & user.keys()


def test_a_put_clears_what_it_leaves_out_and_keeps_what_is_ours(idp):  # §3.5.1
    user = idp.create(title="Boss", **{ENTERPRISE: {"department": "Tours"}})
    group = idp.create_group("Engineering", [user["id"]])

    after = idp.ask("PUT", f"/Users/{user['id']}", {"userName": GRACE, "groups": [], "meta": {"version": "x"}}).json

    assert not {"title", "emails", ENTERPRISE} & after.keys()
    assert (after["id"], after["active"], after["meta"]["created"]) == (user["id"], True, user["meta"]["created"])
    assert [one["value"] for one in after["groups"]] == [group["id"]]


def test_the_same_put_twice_changes_nothing_the_second_time(idp):
    user = idp.create(title="Boss")
    body = {name: value for name, value in user.items() if name != "meta"}

    assert idp.ask("PUT", f"/Users/{user['id']}", body).json == user


def test_a_put_never_creates(idp):  # §3.5.1
    refused(idp.ask("PUT", "/Users/00000000-0000-7000-8000-000000000000", {"userName": GRACE}), 404)
    refused(idp.ask("PUT", "/Users", {"userName": GRACE}), 405)


def test_a_put_to_a_taken_name_is_409(idp):
    user = idp.create()
    idp.create("alan@acme.example")

    words = refused(idp.ask("PUT", f"/Users/{user['id']}", {"userName": "Alan@acme.example"}), 409, "uniqueness")

    assert "userName" in words


def test_who_is_deleted_is_gone_from_everywhere(idp):  # §3.6
    user = idp.create()
    group = idp.create_group("Engineering", [user["id"]])

    answer = idp.ask("DELETE", f"/Users/{user['id']}")

    assert (answer.status_code, answer.data) == (204, b"")
    for method, body in (("GET", None), ("PUT", {"userName": "x"}), ("PATCH", {"Operations": [{}]}), ("DELETE", None)):
        assert idp.ask(method, f"/Users/{user['id']}", body).status_code in (404, 400)
    assert not idp.ask("GET", f"/Groups/{group['id']}").json["members"]
    assert idp.ask("GET", "/Users").json["totalResults"] == 0
    assert idp.create()["id"] != user["id"]


def test_versions_guard_every_kind_of_write(idp):  # §3.14
    user, group = idp.create(), idp.create_group()
    stale = {"If-Match": 'W/"99"'}

    for kind, one, body in (("Users", user, {"userName": GRACE}), ("Groups", group, {"displayName": "x"})):
        path = f"/{kind}/{one['id']}"
        for method, sent in (("PUT", body), ("PATCH", {"Operations": [{"op": "add", "path": "externalId", "value": "1"}]}),
                             ("DELETE", None)):  # fmt: skip
            refused(idp.ask(method, path, sent, **stale), 412)
        assert idp.ask("PUT", path, body, **{"If-Match": one["meta"]["version"]}).status_code == 200
        assert idp.ask("PUT", path, body, **{"If-Match": "*"}).status_code == 200
        assert idp.ask("GET", path, **{"If-None-Match": 'W/"99"'}).status_code == 200


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes", f"/Schemas/{CORE_USER}"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_discovery_is_read_only(idp, path, method):  # §4
    answer = idp.ask(method, path, {})

    assert "it takes GET" in refused(answer, 405)
    assert answer.headers["Allow"] == "GET"


def test_discovery_takes_no_filter_and_no_stranger(idp):
    for path in ("/Schemas", "/ResourceTypes"):
        refused(idp.ask("GET", f"{path}?filter=id%20pr"), 403)
        refused(idp.ask("GET", f"{path}/nosuch"), 404)


def test_every_schema_a_resource_names_is_published(idp):  # §4
    types = idp.ask("GET", "/ResourceTypes").json["Resources"]
    named = [one["schema"] for one in types] + [
        more["schema"] for one in types for more in one.get("schemaExtensions", [])
    ]

    published = {one["id"]: one for one in idp.ask("GET", "/Schemas").json["Resources"]}

    assert set(named) <= published.keys()
    assert {one["id"] for one in types} == {one["name"] for one in types}
    for urn in named:
        assert idp.ask("GET", f"/Schemas/{urn}").json == published[urn]
    user = {one["name"]: one for one in published[CORE_USER]["attributes"]}
    assert (user["userName"]["uniqueness"], user["userName"]["caseExact"], user["groups"]["mutability"]) == (
        "server", False, "readOnly")  # fmt: skip
    assert "password" not in user
    assert {"work", "home"} <= set(
        next(one for one in user["emails"]["subAttributes"] if one["name"] == "type")["canonicalValues"]
    )


def test_me_is_not_offered(idp):  # §3.11
    for method in ("GET", "PUT", "PATCH", "DELETE", "POST"):
        refused(idp.ask(method, "/Me", None if method == "GET" else {}), 501)


def test_other_methods_are_405_in_json(idp):
    for method in ("OPTIONS", "TRACE", "PROPFIND"):
        refused(idp.ask(method, "/Users"), 405)


def test_members_have_their_own_rules(idp):
    one, two = idp.create("one@acme.example"), idp.create("two@acme.example")
    group, other = idp.create_group("Engineering", [one["id"]]), idp.create_group("Other")

    def change(**operation):
        return patch_group(idp, group, operation)

    chosen = f'members[value eq "{one["id"]}"]'
    refused(change(op="replace", path=f"{chosen}.value", value=two["id"]), 400, "mutability")
    refused(change(op="replace", path=chosen, value={"value": two["id"]}), 400, "mutability")
    refused(change(op="replace", path='members[type eq "Group"]', value={"value": two["id"]}), 400, "noTarget")
    refused(change(op="remove", path="membersX"), 400, "invalidPath")
    refused(change(op="remove", path='members[nosuch eq "x"]'), 400, "invalidFilter")
    refused(change(op="remove", path="displayName"), 400, "mutability")
    refused(change(op="add", path="members", value=[{"display": "x"}]), 400, "invalidValue")
    nested = refused(change(op="add", path="members", value=[{"value": other["id"]}]), 400, "invalidValue")
    assert "Groups inside groups" in nested
    assert "Groups inside groups" in refused(
        change(op="add", path="members", value=[{"value": "1", "type": "Group"}]), 400, "invalidValue"
    )
    assert [member["value"] for member in idp.ask("GET", f"/Groups/{group['id']}").json["members"]] == [one["id"]]


def test_members_are_removed_by_any_filter(idp):
    people = [idp.create(f"{name}@acme.example")["id"] for name in "abc"]
    group = idp.create_group("Engineering", people)
    path = f'{CORE_GROUP}:members[type eq "User" and (value eq "{people[0]}" or value eq "{people[2]}")]'

    answer = patch_group(idp, group, {"op": "remove", "path": path})

    assert answer.status_code == 204
    assert [one["value"] for one in idp.ask("GET", f"/Groups/{group['id']}").json["members"]] == [people[1]]


def test_a_group_patch_is_all_or_nothing(idp):
    group, person = idp.create_group(), idp.create()

    answer = patch_group(
        idp, group, {"op": "replace", "value": {"displayName": "New", "externalId": "1"}},
        {"op": "add", "path": "members", "value": [{"value": person["id"]}]}, {"op": "add", "path": "members", "value": ["x"]},
    )  # fmt: skip

    refused(answer, 400, "invalidValue")
    assert idp.ask("GET", f"/Groups/{group['id']}").json == group


def test_a_group_patch_that_changes_nothing_keeps_version_and_time(idp):
    group = idp.create_group("Engineering", [idp.create()["id"]])
    member = group["members"][0]["value"]

    patch_group(idp, group, {"op": "add", "path": "members", "value": [{"value": member}]},
                {"op": "replace", "value": {"displayName": "Engineering"}},
                {"op": "remove", "path": "members", "value": []})  # fmt: skip

    assert idp.ask("GET", f"/Groups/{group['id']}").json == group


def test_a_group_patch_answers_200_when_attributes_are_asked_for(idp):  # §3.5.2: MUST
    group = idp.create_group()
    body = {"Operations": [{"op": "replace", "path": "displayName", "value": "New"}]}

    answer = idp.ask("PATCH", f"/Groups/{group['id']}?attributes=displayName", body)

    assert (answer.status_code, answer.json) == (
        200,
        {"schemas": [CORE_GROUP], "id": group["id"], "displayName": "New"},
    )


def test_a_group_has_an_external_id(idp):
    group = idp.ask("POST", "/Groups", {"displayName": "Engineering", "externalId": "Ext-1"}).json

    assert [one["id"] for one in idp.find('externalId eq "Ext-1"', "Groups")] == [group["id"]]
    assert not idp.find('externalId eq "ext-1"', "Groups")


def test_more_operations_than_allowed_are_413(idp):
    operations = [{"op": "add", "path": "title", "value": "x"}] * 1001

    refused(patch(idp, idp.create(), *operations), 413)
