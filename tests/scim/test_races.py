"""However many requests meet at one person or one group: each is done once, none is lost, and none is a fault of ours."""

from collections import Counter

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryGroup, DirectoryUser, Membership, User
from tests.scim.test_groups import members
from tests.scim.test_users import GRACE

GONE = "There is no person with the id"


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


def count(model, *where):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where))


def change(user, path, value):
    return "PATCH", f"/Users/{user}", {"Operations": [{"op": "replace", "path": path, "value": value}]}


def join(group, person):
    return "PATCH", f"/Groups/{group}", {"Operations": [{"op": "add", "path": "members", "value": [{"value": person}]}]}


def leave(group, person):
    return "PATCH", f"/Groups/{group}", {"Operations": [{"op": "remove", "path": f'members[value eq "{person}"]'}]}


@pytest.mark.parametrize("name", [GRACE, "grace@elsewhere.example", "grace"])
def test_fifty_creations_of_one_name_make_one_person(idp, name):
    before = count(User), count(Membership)

    answers = idp.at_once(*[("POST", "/Users", {"userName": name})] * 50)

    assert statuses(answers) == {201: 1, 409: 49}
    assert {answer.json["scimType"] for answer in answers if answer.status_code == 409} == {"uniqueness"}
    people = 1 if "@" in name else 0
    assert (count(User), count(Membership)) == (before[0] + people, before[1] + people)
    assert len(idp.find(f'userName eq "{name}"')) == 1


def test_creations_in_bulk_meet_as_single_ones_do(idp):
    made = [
        {"method": "POST", "path": "/Users", "bulkId": str(n), "data": {"userName": f"p{n}@acme.example"}}
        for n in range(8)
    ]

    answers = idp.at_once(*[("POST", "/Bulk", {"Operations": made})] * 4, threads=4)

    assert Counter(one["status"] for answer in answers for one in answer.json["Operations"]) == {"201": 8, "409": 24}


def test_every_change_of_another_attribute_counts(idp):
    user = idp.create()["id"]
    names = ["title", "nickName", "displayName", "userType", "locale", "timezone", "profileUrl", "externalId"]

    answers = idp.at_once(*(change(user, name, f"{name} {turn}") for turn in range(3) for name in names))

    assert statuses(answers) == {200: 24}
    after = idp.ask("GET", f"/Users/{user}").json
    assert all(after[name].startswith(name) for name in names)
    assert after["meta"]["version"] == 'W/"25"'


def test_whole_and_partial_changes_of_one_person_leave_one_of_them_whole(idp):
    user = idp.create()["id"]
    whole = [("PUT", f"/Users/{user}", {"userName": GRACE, "title": str(n), "nickName": str(n)}) for n in range(8)]

    answers = idp.at_once(*whole, *(change(user, "active", n % 2 == 0) for n in range(8)))

    assert statuses(answers) == {200: 16}
    after = idp.ask("GET", f"/Users/{user}").json
    assert after["title"] == after["nickName"]


def test_of_those_who_saw_one_version_one_writes(idp):
    user = idp.create()
    stale = {"If-Match": user["meta"]["version"]}

    body = {"userName": GRACE, "title": "x"}
    answers = idp.at_once(*[("PUT", f"/Users/{user['id']}", body | {"title": str(n)}, stale) for n in range(12)])

    assert statuses(answers) == {200: 1, 412: 11}


def test_everybody_who_is_added_at_once_is_in_the_group(idp):
    people = [idp.create(f"p{number}@acme.example")["id"] for number in range(20)]
    group = idp.create_group(members=people[:10])["id"]

    answers = idp.at_once(*(join(group, one) for one in people[10:]), *(leave(group, one) for one in people[:10]))

    assert statuses(answers) == {204: 20}
    assert members(idp, {"id": group}) == set(people[10:])
    assert idp.ask("GET", f"/Groups/{group}").json["meta"]["version"] == 'W/"21"'


def test_who_is_deleted_while_being_added_is_gone_from_everywhere(idp):
    people = [idp.create(f"p{number}@acme.example")["id"] for number in range(20)]
    group = idp.create_group()["id"]

    answers = idp.at_once(*(asked for one in people for asked in (join(group, one), ("DELETE", f"/Users/{one}", None))))

    assert statuses(answers[1::2]) == {204: 20}
    assert all(answer.status_code == 204 or answer.json["detail"].startswith(GONE) for answer in answers[::2])
    assert members(idp, {"id": group}) == set()


def test_one_of_those_who_want_a_name_gets_it(idp):
    people = [idp.create(f"p{number}@acme.example")["id"] for number in range(8)]

    renamed = idp.at_once(*(change(one, "userName", "taken@acme.example") for one in people))
    named = idp.at_once(*[("POST", "/Groups", {"displayName": "Engineering"})] * 10)

    assert statuses(renamed) == {200: 1, 409: 7}
    assert statuses(named) == {201: 1, 409: 9}
    assert (count(DirectoryUser, DirectoryUser.user_name_key == "taken@acme.example"), count(DirectoryGroup)) == (1, 1)


def test_a_deletion_happens_once(idp):
    user = idp.create()["id"]

    assert statuses(idp.at_once(*[("DELETE", f"/Users/{user}", None)] * 6)) == {204: 1, 404: 5}
