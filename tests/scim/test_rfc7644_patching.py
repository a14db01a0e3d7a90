"""RFC 7644 §3.5.2: every form of a path, every operation, and every way to be wrong."""

import pytest

from portal.scim.attributes import CORE_USER, ENTERPRISE
from tests.scim.test_users import GRACE, patch

WORK = {"value": "work@x.com", "type": "work", "primary": True}
HOME = {"value": "home@x.com", "type": "home"}


@pytest.fixture
def user(idp):
    return idp.create(emails=[WORK, HOME], title="Boss", name={"givenName": "Grace", "familyName": "Hopper"})


def changed(idp, user, *operations):
    answer = patch(idp, user, *operations)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("title", "Admiral", {"title": "Admiral"}),
        ("TITLE", "Admiral", {"title": "Admiral"}),
        ("name.givenName", "G", {"name": {"givenName": "G", "familyName": "Hopper"}}),
        ("name", {"givenName": "G"}, {"name": {"givenName": "G", "familyName": "Hopper"}}),
        ('emails[type eq "home"]', {"value": "h@x.com"}, {"emails": [WORK, {"value": "h@x.com", "type": "home"}]}),
        ('emails[type eq "home"].value', "h@x.com", {"emails": [WORK, HOME | {"value": "h@x.com"}]}),
        ('emails[type eq "home" or value co "nobody"].display', "H", {"emails": [WORK, HOME | {"display": "H"}]}),
        (f"{CORE_USER}:title", "Admiral", {"title": "Admiral"}),
        (f"{CORE_USER}:name.givenName", "G", {"name": {"givenName": "G", "familyName": "Hopper"}}),
        (f'{CORE_USER}:emails[type eq "home"].value', "h@x.com", {"emails": [WORK, HOME | {"value": "h@x.com"}]}),
        (f"{ENTERPRISE}:department", "Tours", {ENTERPRISE: {"department": "Tours"}}),
        (f"{ENTERPRISE}:manager.value", "1", {ENTERPRISE: {"manager": {"value": "1"}}}),
        (ENTERPRISE, {"division": "Sea"}, {ENTERPRISE: {"division": "Sea"}}),
        (None, {"title": "Admiral", ENTERPRISE: {"division": "Sea"}}, {"title": "Admiral", ENTERPRISE: {"division": "Sea"}}),
        (None, {ENTERPRISE: {"manager.value": "1"}}, {ENTERPRISE: {"manager": {"value": "1"}}}),
    ],
)  # fmt: skip
def test_every_form_of_a_path_is_understood(idp, user, path, value, shown):
    operation = {"op": "replace", "value": value} | ({"path": path} if path else {})

    answer = changed(idp, user, operation)

    assert {name: answer[name] for name in shown} == shown


def test_operations_are_done_in_their_order(idp, user):
    answer = changed(
        idp, user,
        {"op": "add", "path": "title", "value": "One"},
        {"op": "remove", "path": "title"},
        {"op": "add", "path": "nickName", "value": "Two"},
        {"op": "replace", "path": "nickName", "value": "Three"},
    )  # fmt: skip

    assert "title" not in answer
    assert answer["nickName"] == "Three"


def test_adding_what_is_there_changes_neither_version_nor_time(idp, user):  # §3.5.2.1
    for value in ([HOME], [{"value": HOME["value"], "type": "home"}]):
        assert changed(idp, user, {"op": "add", "path": "emails", "value": value})["meta"] == user["meta"]
    assert changed(idp, user, {"op": "add", "path": "title", "value": "Boss"})["meta"] == user["meta"]
    assert changed(idp, user, {"op": "remove", "path": "nickName"})["meta"] == user["meta"]


def test_a_change_shows_in_version_and_time(idp, user):
    after = changed(idp, user, {"op": "add", "path": "title", "value": "Admiral"})["meta"]

    assert after["version"] != user["meta"]["version"]
    assert after["lastModified"] > user["meta"]["lastModified"]
    assert after["created"] == user["meta"]["created"]


def test_adding_to_a_list_keeps_what_is_in_it(idp, user):  # §3.5.2.1
    third = {"value": "third@x.com"}

    assert changed(idp, user, {"op": "add", "path": "emails", "value": [third]})["emails"] == [WORK, HOME, third]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "emails", "value": [{"value": "third@x.com", "primary": True}]},
        {"op": "replace", "path": 'emails[type eq "home"].primary', "value": True},
        {"op": "add", "path": "emails", "value": HOME | {"primary": True}},
    ],
)
def test_the_value_made_primary_now_is_the_only_primary_one(idp, user, operation):  # §3.5.2
    emails = changed(idp, user, operation)["emails"]

    assert [one["value"] for one in emails if one.get("primary")] == [emails[-1]["value"]]
    assert emails[0] == WORK | {"primary": False}


def test_primary_moves_also_to_an_earlier_value(idp):
    user = idp.create(emails=[HOME, WORK])

    emails = changed(idp, user, {"op": "replace", "path": 'emails[type eq "home"].primary', "value": True})["emails"]

    assert [one["primary"] for one in emails] == [True, False]


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ('emails[type eq "home"]', [WORK]),
        ('emails[display co "x"]', [WORK, HOME]),
        ('emails[not (type eq "home")]', [HOME]),
        ('emails[type eq "work"].primary', [{"value": "work@x.com", "type": "work"}, HOME]),
        ("emails", None),
    ],
)
def test_a_removal_takes_what_its_path_chooses(idp, user, path, left):  # §3.5.2.2
    assert changed(idp, user, {"op": "remove", "path": path}).get("emails") == left


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": 'emails[type eq "home"].value'},
        {"op": "replace", "path": 'emails[type eq "home"].value', "value": ""},
        {"op": "Replace", "path": 'emails[type eq "home"].value', "value": None},
    ],
)
def test_an_element_that_loses_its_value_goes(idp, user, operation):  # RFC 7643 §2.5
    assert changed(idp, user, operation)["emails"] == [WORK]


@pytest.mark.parametrize("path", ["password", f"{CORE_USER}:password", "PASSWORD"])
def test_a_password_is_taken_and_never_kept(idp, user, path):
    after = changed(idp, user, {"op": "replace", "path": path, "value": "hunter2hunter2"})

    assert after == user


@pytest.mark.parametrize("value", [[{"value": "home@x.com"}], {"value": "home@x.com"}, ["home@x.com"], "home@x.com"])
def test_a_removal_by_value_takes_no_more_than_it_names(idp, user, value):
    assert changed(idp, user, {"op": "Remove", "path": "emails", "value": value})["emails"] == [WORK]


def test_removing_active_lets_nobody_in_again(idp, acme, user):
    from tests.factories import member_of

    changed(idp, user, {"op": "replace", "path": "active", "value": False})
    changed(idp, user, {"op": "remove", "path": "active"})

    assert not member_of(acme, WORK["value"]).active
    assert not idp.find("active eq true")


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "replace", "path": "nosuch", "value": 1}, "invalidPath"),
        ({"op": "add", "path": "name.nosuch", "value": 1}, "invalidPath"),
        ({"op": "add", "path": "title.value", "value": 1}, "invalidPath"),
        ({"op": "add", "path": 'name[givenName eq "x"]', "value": 1}, "invalidPath"),
        ({"op": "add", "path": f"{ENTERPRISE}:nosuch", "value": 1}, "invalidPath"),
        ({"op": "add", "path": "urn:example:User:x", "value": 1}, "invalidPath"),
        ({"op": "add", "path": CORE_USER, "value": {}}, "invalidPath"),
        ({"op": "add", "path": 7, "value": 1}, "invalidPath"),
        ({"op": "add", "path": "emails[type eq]", "value": 1}, "invalidFilter"),
        ({"op": "add", "path": 'phoneNumbers[nosuch eq "x"].value', "value": "1"}, "invalidFilter"),
        ({"op": "add", "path": 'phoneNumbers[type eq "x" or nosuch eq "x"].value', "value": "1"}, "invalidFilter"),
        ({"op": "replace", "path": 'emails[value sw "zzz"].value', "value": "x"}, "noTarget"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "remove", "path": " "}, "noTarget"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "replace", "path": "schemas", "value": []}, "mutability"),
        ({"op": "replace", "path": f"{ENTERPRISE}:manager.displayName", "value": "x"}, "mutability"),
        ({"op": "replace", "path": "userName", "value": ""}, "invalidValue"),
        ({"op": "replace", "path": "title"}, "invalidValue"),
        ({"op": "add", "value": "x"}, "invalidValue"),
        ({"op": "add", "path": 'emails[type eq "work"]', "value": [WORK, HOME]}, "invalidValue"),
        ({"op": "add", "path": "emails", "value": [{"value": f"{n}@x.com"} for n in range(199)]}, "invalidValue"),
        ({"path": "title", "value": "x"}, "invalidSyntax"),
        ("title", "invalidSyntax"),
    ],
)  # fmt: skip
def test_every_mistake_has_its_name_and_changes_nothing(idp, user, operation, scim_type):
    answer = patch(idp, user, {"op": "replace", "path": "title", "value": "Admiral"}, operation)

    assert (answer.status_code, answer.json.get("scimType")) == (400, scim_type), answer.text
    assert idp.ask("GET", f"/Users/{user['id']}").json == user


@pytest.mark.parametrize("body", [{}, {"Operations": []}, {"Operations": {"op": "add"}}])
def test_a_patch_without_operations_is_refused(idp, user, body):
    answer = idp.ask("PATCH", f"/Users/{user['id']}", body)

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidSyntax")


def test_a_name_that_is_taken_is_409_also_here(idp, user):
    idp.create("alan@acme.example")

    answer = patch(idp, user, {"op": "replace", "path": "userName", "value": "ALAN@acme.example"})

    assert (answer.status_code, answer.json["scimType"]) == (409, "uniqueness")
    assert idp.find(f'userName eq "{GRACE}"')


def test_the_answer_holds_the_attributes_asked_for(idp, user):  # §3.5.2, §3.9
    body = {"Operations": [{"op": "replace", "path": "title", "value": "Admiral"}]}

    answer = idp.ask("PATCH", f"/Users/{user['id']}?attributes=title", body)

    assert answer.json == {"schemas": [CORE_USER], "id": user["id"], "title": "Admiral"}
