"""Groups, their members, and the roles that follow."""

import pytest

from portal.extensions import db
from portal.models import DirectoryGroup, Event
from portal.organizations import directories, roles
from portal.organizations.actors import OPERATOR
from tests.factories import member_of


def patch(idp, group, *operations):
    return idp.ask("PATCH", f"/Groups/{group['id']}", {"Operations": list(operations)})


def members(idp, group):
    return {one["value"] for one in idp.ask("GET", f"/Groups/{group['id']}").json["members"]}


@pytest.fixture
def three(idp):
    return [idp.create(f"person{number}@acme.example")["id"] for number in range(3)]


def test_okta_swaps_members_in_one_request(idp, three):
    group = idp.create_group(members=three[:2])

    answer = patch(
        idp, group,
        {"op": "remove", "path": f'members[value eq "{three[0]}"]'},
        {"op": "add", "path": "members", "value": [{"value": three[2], "display": "x"}]},
    )  # fmt: skip

    assert answer.status_code == 204
    assert members(idp, group) == set(three[1:])


def test_okta_renames_with_the_id_in_the_value(idp):
    group = idp.create_group()

    answer = patch(idp, group, {"op": "replace", "value": {"id": group["id"], "displayName": "New"}})

    assert answer.status_code == 204
    assert [one["id"] for one in idp.find('displayName eq "new"', "Groups")] == [group["id"]]


def test_entras_removal_by_value_does_not_empty_the_group(idp, three):
    group = idp.create_group(members=three)

    patch(idp, group, {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": three[0]}]})

    assert members(idp, group) == set(three[1:])


@pytest.mark.parametrize("pathless", [True, False])
def test_a_full_push_replaces_everybody(idp, three, pathless):
    group = idp.create_group(members=three[:2])
    value = [{"value": three[2]}]

    patch(
        idp,
        group,
        {"op": "replace", "value": {"members": value}}
        if pathless
        else {"op": "replace", "path": "members", "value": value},
    )

    assert members(idp, group) == {three[2]}


def test_put_sets_exactly_these_members(idp, three):
    group = idp.create_group(members=three[:2])

    idp.ask(
        "PUT",
        f"/Groups/{group['id']}",
        {"displayName": "Engineering", "members": [{"value": one} for one in three[1:]]},
    )

    assert members(idp, group) == set(three[1:])


def test_members_are_left_out_where_asked(idp, three):
    group = idp.create_group(members=three)

    assert "members" not in idp.ask("GET", f"/Groups/{group['id']}?excludedAttributes=members").json


def test_the_same_name_twice_is_409(idp):
    idp.create_group("Engineering")

    answer = idp.ask("POST", "/Groups", {"displayName": "ENGINEERING"})

    assert (answer.status_code, answer.json["scimType"]) == (409, "uniqueness")


@pytest.mark.parametrize("stranger", ["00000000-0000-7000-8000-000000000000", "nobody"])
def test_who_is_no_person_of_the_directory_is_refused_with_words(idp, stranger):
    group = idp.create_group()

    answer = patch(idp, group, {"op": "add", "path": "members", "value": [{"value": stranger}]})

    assert answer.status_code == 400
    assert "Assign the people" in answer.json["detail"]


def test_nobody_of_another_directory_can_be_a_member(idp, other_idp):
    stranger = other_idp.create("hank@globex.example")["id"]

    assert idp.ask("POST", "/Groups", {"displayName": "x", "members": [{"value": stranger}]}).status_code == 400


def test_a_persons_groups_are_shown_and_found(idp, three):
    group = idp.create_group(members=three[:1])

    shown = idp.ask("GET", f"/Users/{three[0]}").json["groups"]
    found = idp.find(f'members.value eq "{three[0]}"', "Groups")

    assert [(one["value"], one["display"]) for one in shown] == [(group["id"], "Engineering")]
    assert [one["id"] for one in found] == [group["id"]]


def test_a_group_gives_its_role_and_leaving_takes_it(idp, acme, three):
    group = idp.create_group()
    row = db.session.scalars(db.select(DirectoryGroup)).one()
    directories.set_group_roles(idp.directory, [(row, roles.get("admin"))], by=OPERATOR)
    email = "person0@acme.example"

    patch(idp, group, {"op": "add", "path": "members", "value": [{"value": three[0]}]})
    inside = member_of(acme, email).role.key
    patch(idp, group, {"op": "remove", "path": f'members[value eq "{three[0]}"]'})

    assert (inside, member_of(acme, email).role.key) == ("admin", "member")


def test_a_deleted_group_takes_its_role_along(idp, acme, three):
    group = idp.create_group(members=three[:1])
    row = db.session.scalars(db.select(DirectoryGroup)).one()
    directories.set_group_roles(idp.directory, [(row, roles.get("admin"))], by=OPERATOR)
    db.session.commit()

    assert idp.ask("DELETE", f"/Groups/{group['id']}").status_code == 204
    assert member_of(acme, "person0@acme.example").role.key == "member"


def test_changing_a_member_costs_the_same_in_a_large_group(idp, statements):
    people = [idp.create(f"person{number}@acme.example")["id"] for number in range(40)]
    small, large = idp.create_group("Small", people[:1]), idp.create_group("Large", people[:39])
    change = {"op": "add", "path": "members", "value": [{"value": people[39]}]}

    counts = [statements(lambda group=group: patch(idp, group, change)) for group in (small, large)]

    assert counts[0] == counts[1]
    assert counts[0] <= 7


def test_many_people_get_their_role_by_as_few_statements_as_one(idp, acme, statements):
    people = [idp.create(f"person{number}@acme.example")["id"] for number in range(31)]
    group = idp.create_group()
    row = db.session.scalars(db.select(DirectoryGroup)).one()
    directories.set_group_roles(idp.directory, [(row, roles.get("admin"))], by=OPERATOR)
    db.session.commit()

    one, many = (
        statements(
            lambda some=some: patch(
                idp, group, {"op": "add", "path": "members", "value": [{"value": it} for it in some]}
            )
        )
        for some in (people[:1], people[1:])
    )

    assert one == many <= 12
    assert member_of(acme, "person30@acme.example").role.key == "admin"
    told = db.session.scalars(db.select(Event).where(Event.name == "member.role_changed")).all()
    assert {event.data["email"] for event in told} == {f"person{number}@acme.example" for number in range(31)}
