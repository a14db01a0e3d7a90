"""People as IdPs push them, and what becomes of their memberships."""

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryUser, Exchange, Method, Mode, Session, Status
from portal.organizations import directories, members, organizations, sessions
from portal.organizations.actors import OPERATOR
from tests.factories import add_member, member_of

GRACE = "grace@acme.example"


def patch(idp, user, *operations):
    return idp.ask(
        "PATCH",
        f"/Users/{user['id']}",
        {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)},
    )


def test_a_created_person_is_where_the_answer_says(idp):
    answer = idp.ask("POST", "/Users", {"userName": GRACE})

    assert answer.status_code == 201
    assert answer.headers["Location"] == answer.json["meta"]["location"]
    assert idp.ask("GET", f"/Users/{answer.json['id']}").json["userName"] == GRACE


def test_a_name_keeps_its_case_and_compares_without(idp):
    idp.create("Grace@ACME.example")

    assert [one["userName"] for one in idp.find('userName eq "grace@acme.EXAMPLE"')] == ["Grace@ACME.example"]


def test_the_same_name_twice_is_409_and_the_first_one_is_found(idp):
    first = idp.create()

    again = idp.ask("POST", "/Users", {"userName": GRACE.upper()})

    assert (again.status_code, again.json["scimType"]) == (409, "uniqueness")
    assert [one["id"] for one in idp.find(f'userName eq "{GRACE}"')] == [first["id"]]


@pytest.mark.parametrize("value", [False, "False", "false"])
def test_deactivation_ends_the_persons_access_in_the_same_breath(idp, acme, value):
    user = idp.create()
    grace = member_of(acme, GRACE)
    sessions.open_locally(grace.user, Method.PASSWORD, by=OPERATOR)
    row = db.session.scalars(sa.select(Session)).one()
    row.organization_id = acme.id
    db.session.commit()

    answer = patch(idp, user, {"op": "replace", "path": "active", "value": value})

    assert answer.json["active"] is False
    assert member_of(acme, GRACE).status is Status.SUSPENDED
    assert db.session.scalars(sa.select(Session)).one().revoked_at


def test_who_is_activated_again_is_the_same_member(idp, acme):
    user = idp.create()
    before = member_of(acme, GRACE).id
    for active in (False, True):
        patch(idp, user, {"op": "replace", "value": {"active": active}})

    assert (member_of(acme, GRACE).id, member_of(acme, GRACE).status) == (before, Status.ACTIVE)


def test_a_member_by_hand_is_adopted_not_refused(idp, acme):
    grace = add_member(acme, GRACE, role="admin")

    idp.create()

    assert db.session.scalars(sa.select(DirectoryUser)).one().membership_id == grace.id


def test_put_replaces_everything_that_is_left_out(idp):
    user = idp.create(title="Boss", nickName="Amazing")

    answer = idp.ask("PUT", f"/Users/{user['id']}", {"userName": GRACE, "title": "Admiral"})

    assert answer.json["title"] == "Admiral"
    assert "nickName" not in answer.json


def test_a_deleted_person_is_gone_and_the_name_is_free(idp, acme):
    user = idp.create()

    assert idp.ask("DELETE", f"/Users/{user['id']}").status_code == 204
    assert idp.ask("GET", f"/Users/{user['id']}").status_code == 404
    assert member_of(acme, GRACE).status is Status.SUSPENDED
    assert idp.create()["id"] != user["id"]
    assert member_of(acme, GRACE).active


def test_nothing_changes_where_nothing_is_changed(idp):
    user = idp.create(title="Boss")

    answer = patch(idp, user, {"op": "replace", "path": "title", "value": "Boss"})

    assert answer.json["meta"] == user["meta"]


def test_a_patch_is_all_or_nothing(idp):
    user = idp.create(title="Boss")

    answer = patch(
        idp,
        user,
        {"op": "replace", "path": "title", "value": "Admiral"},
        {"op": "replace", "path": "nosuch", "value": "x"},
    )

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidPath")
    assert idp.ask("GET", f"/Users/{user['id']}").json["title"] == "Boss"


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "remove"}, "noTarget"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "replace", "path": "meta.version", "value": "x"}, "mutability"),
        ({"op": "replace", "path": "groups", "value": []}, "mutability"),
        ({"op": "move", "path": "title", "value": "x"}, "invalidSyntax"),
        ({"op": "replace", "path": 'emails[type eq "work"', "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": 'emails[value co "zzz"].value', "value": "x"}, "noTarget"),
        ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
    ],
)
def test_a_wrong_operation_has_its_own_kind_of_error(idp, operation, scim_type):
    answer = patch(idp, idp.create(), operation)

    assert (answer.status_code, answer.json["scimType"]) == (400, scim_type)


def test_a_stale_version_does_not_overwrite(idp):
    user = idp.create()
    patch(idp, user, {"op": "replace", "path": "title", "value": "Boss"})

    answer = idp.ask("PUT", f"/Users/{user['id']}", {"userName": GRACE}, **{"If-Match": user["meta"]["version"]})

    assert answer.status_code == 412


def test_what_is_unchanged_is_not_sent_again(idp):
    user = idp.create()

    assert idp.ask("GET", f"/Users/{user['id']}", **{"If-None-Match": user["meta"]["version"]}).status_code == 304


def test_only_what_was_asked_for_is_returned(idp):
    user = idp.create(title="Boss")

    asked = idp.ask("GET", f"/Users/{user['id']}?attributes=userName,emails.value").json
    without = idp.ask("GET", f"/Users/{user['id']}?excludedAttributes=emails,title").json

    assert asked.keys() == {"schemas", "id", "userName", "emails"}
    assert asked["emails"] == [{"value": GRACE}]
    assert not {"emails", "title"} & without.keys()


def test_pages_hold_everybody_once(idp):
    for number in range(7):
        idp.create(f"person{number}@acme.example")

    pages = [idp.ask("GET", f"/Users?startIndex={start}&count=3").json for start in (1, 4, 7)]

    assert [page["totalResults"] for page in pages] == [7, 7, 7]
    assert len({one["id"] for page in pages for one in page["Resources"]}) == 7


@pytest.mark.parametrize(
    ("query", "size"), [("count=0", 0), ("count=-5", 0), ("startIndex=-3&count=2", 2), ("startIndex=99", 0)]
)
def test_odd_pages_are_what_the_rfc_says(idp, query, size):
    for number in range(3):
        idp.create(f"person{number}@acme.example")

    page = idp.ask("GET", f"/Users?{query}").json

    assert (page["totalResults"], page["itemsPerPage"]) == (3, size)


def test_a_list_is_sorted_as_asked(idp):
    for name in ("b@acme.example", "C@acme.example", "a@acme.example"):
        idp.create(name)

    found = idp.ask("GET", "/Users?sortBy=userName&sortOrder=descending").json["Resources"]

    assert [one["userName"] for one in found] == ["C@acme.example", "b@acme.example", "a@acme.example"]


def test_in_shadow_the_idp_is_answered_and_nothing_is_applied(idp, acme):
    directories.set_mode(idp.directory, Mode.SHADOW, by=OPERATOR)

    user = idp.create()

    assert idp.ask("GET", f"/Users/{user['id']}").status_code == 200
    assert organizations.count_members(acme) == 1


def test_the_directory_lifts_its_own_suspension_only(idp, acme):
    user = idp.create()
    members.suspend(member_of(acme, GRACE), by=OPERATOR)
    db.session.commit()

    patch(idp, user, {"op": "replace", "path": "active", "value": True})

    assert member_of(acme, GRACE).status is Status.SUSPENDED


@pytest.mark.parametrize("size", [5, 60])
def test_requests_take_few_statements_whatever_the_size(idp, statements, size):
    users = [idp.create(f"person{number}@acme.example") for number in range(size)]
    group = idp.create_group("Engineering", [user["id"] for user in users[1:]])
    one = f"/Users/{users[0]['id']}"
    join = {"Operations": [{"op": "add", "path": "members", "value": [{"value": users[0]["id"]}]}]}
    leave = {"Operations": [{"op": "remove", "path": f'members[value eq "{users[0]["id"]}"]'}]}

    assert statements(lambda: idp.find('userName eq "person3@acme.example"')) == 2
    assert statements(lambda: idp.find('externalId eq "7"')) == 2
    assert statements(lambda: idp.ask("GET", one)) == 2
    assert statements(lambda: idp.ask("GET", "/Users?startIndex=2")) == 3
    assert statements(lambda: idp.ask("GET", "/Users?cursor=")) <= 3
    assert statements(lambda: idp.create("next@acme.example", externalId="7")) <= 8
    assert statements(lambda: patch(idp, users[0], {"op": "replace", "path": "title", "value": "Boss"})) <= 6
    assert statements(lambda: patch(idp, users[0], {"op": "replace", "path": "displayName", "value": "Boss"})) <= 8
    assert statements(lambda: idp.ask("PATCH", f"/Groups/{group['id']}", join)) <= 7
    assert statements(lambda: idp.ask("PATCH", f"/Groups/{group['id']}", leave)) <= 7


def test_ending_an_access_costs_few_statements(idp, statements):
    user = idp.create()

    off = statements(lambda: patch(idp, user, {"op": "replace", "path": "active", "value": False}))

    assert off <= 16  # thirteen of old, one to look for a batch of departures, two for keys and receipt


def test_reads_are_recorded_together_and_lost_by_no_orderly_end(idp, app, monkeypatch):
    waiting = app.extensions["vestibule-exchanges"]
    monkeypatch.setattr(waiting, "every", 0.05)
    for _ in range(3):
        idp.ask("GET", "/Users")

    waiting.timer.join()  # as the interpreter does when it ends

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Exchange)) == 3


def test_a_directory_deleted_meanwhile_does_not_spoil_the_others_records(idp, other_idp, app, statements):
    waiting = app.extensions["vestibule-exchanges"]
    for one in (idp, other_idp):
        one.ask("GET", "/Users")
    db.session.delete(db.session.merge(idp.directory))
    db.session.commit()

    waiting.write()

    assert [exchange.directory_id for exchange in db.session.scalars(sa.select(Exchange))] == [other_idp.directory.id]


def test_a_look_up_that_finds_more_than_a_page_says_how_many_there_are(idp):
    first, second = (idp.create(f"{name}@acme.example", externalId="shared") for name in ("ada", "bo"))

    answer = idp.ask("GET", "/Users?filter=externalId%20eq%20%22shared%22&count=1").json

    assert (answer["totalResults"], answer["itemsPerPage"]) == (2, 1)
    assert answer["Resources"][0]["id"] in (first["id"], second["id"])


def test_a_request_that_reads_gives_its_connection_back(idp, app):
    idp.create("ada@acme.example")
    db.session.rollback()
    with app.app_context():
        before = db.engine.pool.checkedout()

    assert idp.find('userName eq "ada@acme.example"')
    assert idp.ask("GET", "/Users?filter=nonsense").status_code == 400

    db.session.rollback()
    assert db.engine.pool.checkedout() == before
