"""RFC 7643, rule by rule: names, values, and what every resource has."""

import uuid
from datetime import datetime

import pytest

from portal.scim.attributes import CORE_USER, ENTERPRISE
from tests.scim.test_users import GRACE, patch


def stored(idp, user):
    return idp.ask("GET", f"/Users/{user['id']}").json


def test_names_of_attributes_and_schemas_have_no_case(idp):  # §2.1
    body = {"SCHEMAS": [CORE_USER.upper()], "USERNAME": GRACE, "Emails": [{"VALUE": GRACE, "Type": "work"}]}

    answer = idp.ask("POST", "/Users", body | {ENTERPRISE.upper(): {"DEPARTMENT": "Tours"}})

    assert (answer.json["userName"], answer.json[ENTERPRISE]) == (GRACE, {"department": "Tours"})
    assert answer.json["emails"] == [{"value": GRACE, "type": "work"}]


def test_one_name_in_two_cases_is_refused(idp):  # §2.1
    answer = idp.ask("POST", "/Users", {"userName": GRACE, "USERNAME": "somebody@acme.example"})

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidSyntax")


@pytest.mark.parametrize("nothing", [None, [], ""])
def test_null_and_empty_are_unassigned(idp, nothing):  # §2.5
    user = idp.create(title=nothing, emails=nothing, name=nothing, **{ENTERPRISE: {"department": nothing}})

    assert not {"title", "emails", "name", ENTERPRISE} & user.keys()
    assert user["schemas"] == [CORE_USER]


def test_an_element_without_any_value_is_not_kept(idp):  # §2.5
    user = idp.create(phoneNumbers=[{"type": "work", "value": None}, {"type": "mobile", "value": "1", "primary": True}])

    assert user["phoneNumbers"] == [{"type": "mobile", "value": "1", "primary": True}]


def test_one_value_at_most_is_primary_and_none_stands_twice(idp):  # §2.4
    one, other = {"value": "a@x.com", "type": "work", "primary": True}, {"value": "b@x.com", "primary": True}

    user = idp.create(emails=[one, other, one])

    assert user["emails"] == [one, other | {"primary": False}]


def test_an_id_is_ours_and_stays(idp):  # §3.1
    user = idp.create(id="mine", meta={"created": "2001-01-01T00:00:00Z"})

    answer = idp.ask("PUT", f"/Users/{user['id']}", {"userName": GRACE, "id": "bulkId"})

    assert uuid.UUID(user["id"])
    assert answer.json["id"] == user["id"]
    assert not user["meta"]["created"].startswith("2001")


def test_an_id_and_an_external_id_have_a_case(idp):  # §3.1
    user = idp.create(externalId="Ext-1")

    assert not idp.find(f'id eq "{user["id"].upper()}"')
    assert not idp.find('externalId eq "ext-1"')
    assert not idp.find('externalId sw "EXT"')
    assert idp.find('externalId sw "Ext" and externalId ew "1" and externalId co "t-"')


def test_an_external_id_belongs_to_its_directory(idp, other_idp):  # §3.1
    mine, theirs = idp.create(externalId="1"), other_idp.create(externalId="1")

    assert [one["id"] for one in idp.find('externalId eq "1"')] == [mine["id"]]
    assert [one["id"] for one in other_idp.find('externalId eq "1"')] == [theirs["id"]]


def test_every_resource_has_its_meta(idp):  # §3.1
    for shown in (idp.create(), idp.create_group()):
        meta = shown["meta"]
        assert meta["location"].startswith(f"{idp.directory.base_url}/{meta['resourceType']}s/{shown['id']}")
        assert datetime.fromisoformat(meta["created"]).tzinfo
        assert datetime.fromisoformat(meta["lastModified"]).tzinfo
        assert meta["version"].startswith('W/"')


def test_schemas_lists_the_extensions_that_are_there(idp):  # §3
    user = idp.create(**{ENTERPRISE: {"department": "Tours"}})
    patch(idp, user, {"op": "remove", "path": f"{ENTERPRISE}:department"})

    assert user["schemas"] == [CORE_USER, ENTERPRISE]
    assert stored(idp, user)["schemas"] == [CORE_USER]


@pytest.mark.parametrize("name", [None, "", " "])
def test_a_person_needs_a_user_name(idp, name):  # §4.1.1
    answer = idp.ask("POST", "/Users", {"userName": name, "displayName": "Grace"})

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue")
    assert "userName" in answer.json["detail"]


def test_who_is_made_without_active_is_active(idp):  # §4.1.1
    assert idp.ask("POST", "/Users", {"userName": GRACE}).json["active"] is True


def test_groups_of_a_person_are_read_only(idp):  # §4.1.2
    group = idp.create_group()

    user = idp.create(groups=[{"value": group["id"]}])

    assert "groups" not in user


def test_a_password_is_taken_and_never_shown(idp):  # §4.1.1, §7
    user = idp.create(password="hunter2hunter2")

    assert "password" not in user
    assert "password" not in idp.ask("GET", f"/Users/{user['id']}?attributes=password,userName").json
    assert "hunter2" not in idp.ask("GET", "/Schemas").text
    assert idp.ask("GET", "/Users?filter=password%20eq%20%22hunter2hunter2%22").json["scimType"] == "invalidFilter"


def test_a_bare_attribute_of_an_extension_has_its_place(idp):  # §3.3
    user = idp.create(department="Tours", manager="26118915")

    assert user[ENTERPRISE] == {"department": "Tours", "manager": {"value": "26118915"}}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"active": "perhaps"}, "active"),
        ({"name": "Grace"}, "name"),
        ({"emails": [7]}, "emails"),
        ({"title": ["a", "b"]}, "title"),
        ({"title": {"value": "a"}}, "title"),
        ({ENTERPRISE: "Tours"}, "extension"),
        ({"userName": "x" * 400}, "userName"),
        ({"emails": [{"value": f"{number}@x.com"} for number in range(300)]}, "emails"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(idp, body, word):  # §2.3
    answer = idp.ask("POST", "/Users", {"userName": GRACE} | body)

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue")
    assert word in answer.json["detail"]
