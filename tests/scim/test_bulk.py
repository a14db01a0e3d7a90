"""Many operations in one request: what refers to what, what fails alone, and what is refused as a whole."""

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryGroup, DirectoryUser, Event, Exchange
from tests.factories import make_directory, make_organization, member_of
from tests.scim.conftest import Idp

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def bulk(idp, *operations, **more):
    message = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": list(operations)}
    return idp.ask("POST", "/Bulk", message | more)


def done(idp, *operations, **more):
    answer = bulk(idp, *operations, **more)
    assert answer.status_code == 200, answer.text
    assert answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]
    return answer.json["Operations"]


def user(name, bulk_id=None, **more):
    data = {"userName": f"{name}@acme.example"} | more
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id or name, "data": data}


def group(name, *members, bulk_id=None):
    data = {"displayName": name, "members": [{"value": one} for one in members]}
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id or name, "data": data}


def managed_by(bulk_id):
    return {ENTERPRISE: {"manager": {"value": f"bulkId:{bulk_id}", "$ref": f"../Users/bulkId:{bulk_id}"}}}


def id_of(result):
    return result["location"].rpartition("/")[2]


def statuses(results):
    return [one["status"] for one in results]


def test_each_operation_says_what_became_of_it(idp):
    known = idp.create("known@acme.example")
    gone = idp.create("gone@acme.example")

    made, replaced, changed, deleted = done(
        idp,
        user("new"),
        {"method": "PUT", "path": f"/Users/{known['id']}", "data": {"userName": "known@acme.example", "title": "Boss"}},
        {
            "method": "PATCH",
            "path": f"/Users/{known['id']}",
            "data": {"Operations": [{"op": "add", "path": "nickName", "value": "K"}]},
        },
        {"method": "DELETE", "path": f"/Users/{gone['id']}"},
    )

    assert made == {
        "location": f"{idp.directory.base_url}/Users/{id_of(made)}",
        "method": "POST",
        "bulkId": "new",
        "version": 'W/"1"',
        "status": "201",
    }
    assert (replaced["status"], replaced["version"], replaced["location"]) == (
        "200", 'W/"2"', known["meta"]["location"],
    )  # fmt: skip
    assert (changed["status"], changed["version"]) == ("200", 'W/"3"')
    assert deleted == {"location": gone["meta"]["location"], "method": "DELETE", "status": "204"}
    assert idp.ask("GET", f"/Users/{gone['id']}").status_code == 404


def test_what_was_made_is_in_force_as_if_sent_by_itself(idp, acme):
    done(idp, user("grace"))

    assert member_of(acme, "grace@acme.example").active
    assert db.session.scalars(sa.select(Event).where(Event.name == "member.added")).all()


@pytest.mark.parametrize("forward", [False, True])
def test_a_group_names_people_of_the_same_request(idp, forward):
    people = [user("a"), user("b")]
    named = group("Both", "bulkId:a", "bulkId:b")

    results = done(idp, *([named, *people] if forward else [*people, named]))

    by_name = {one["bulkId"]: one for one in results}
    shown = idp.ask("GET", f"/Groups/{id_of(by_name['Both'])}").json["members"]
    assert {one["value"] for one in shown} == {id_of(by_name["a"]), id_of(by_name["b"])}
    assert [one["bulkId"] for one in results] == (["Both", "a", "b"] if forward else ["a", "b", "Both"])


def test_two_people_who_manage_each_other_are_made_together(idp):
    one, other = done(idp, user("one", **managed_by("other")), user("other", **managed_by("one")))

    assert statuses([one, other]) == ["201", "201"]
    for made, boss in ((one, other), (other, one)):
        shown = idp.ask("GET", f"/Users/{id_of(made)}").json
        assert shown[ENTERPRISE]["manager"]["value"] == id_of(boss)
        assert shown["meta"]["version"] == made["version"]


def test_somebody_may_be_their_own_manager(idp):
    (made,) = done(idp, user("self", **managed_by("self")))

    assert idp.ask("GET", f"/Users/{id_of(made)}").json[ENTERPRISE]["manager"]["value"] == id_of(made)


def test_a_circle_that_cannot_be_closed_leaves_nothing_behind(idp):
    one, other = done(idp, group("One", "bulkId:Other"), group("Other", "bulkId:One"))

    assert {one["status"], other["status"]} == {"400", "409"}
    assert "Groups inside groups" in one["response"]["detail"] + other["response"]["detail"]
    assert not db.session.scalars(sa.select(DirectoryGroup)).all()


def test_a_path_may_name_what_the_request_makes(idp):
    _, _, changed, deleted = done(
        idp,
        user("a"),
        group("G", "bulkId:a"),
        {
            "method": "PATCH",
            "path": "/Groups/bulkId:G",
            "data": {"Operations": [{"op": "remove", "path": 'members[value eq "bulkId:a"]'}]},
        },
        {"method": "DELETE", "path": "/Users/bulkId:a"},
    )

    assert statuses([changed, deleted]) == ["204", "204"]
    assert "bulkId" not in changed["location"]
    assert idp.ask("GET", changed["location"].partition(str(idp.directory.id))[2]).json["members"] == []


def test_patch_takes_the_bare_list_of_the_rfcs_example(idp):
    known = idp.create("known@acme.example", nickName="K")

    (changed,) = done(
        idp,
        {
            "method": "PATCH",
            "path": f"/Users/{known['id']}",
            "version": known["meta"]["version"],
            "data": [{"op": "remove", "path": "nickName"}, {"op": "add", "path": "title", "value": "Boss"}],
        },
    )

    assert changed["status"] == "200"
    assert idp.ask("GET", f"/Users/{known['id']}").json["title"] == "Boss"


def test_one_that_fails_says_why_and_the_others_go_on(idp):
    idp.create("taken@acme.example")

    failed, made = done(idp, user("taken"), user("free"))

    assert failed["status"] == failed["response"]["status"] == "409"
    assert failed["response"]["scimType"] == "uniqueness"
    assert "location" not in failed
    assert made["status"] == "201"


def test_a_failed_operation_leaves_nothing_of_itself(idp):
    stranger = "00000000-0000-7000-8000-000000000000"

    failed, made = done(idp, group("Half", stranger), group("Whole"))

    assert statuses([failed, made]) == ["400", "201"]
    assert [one.display_name for one in db.session.scalars(sa.select(DirectoryGroup))] == ["Whole"]


def test_what_refers_to_a_failure_fails_with_it(idp):
    idp.create("taken@acme.example")

    results = done(idp, group("G", "bulkId:taken"), user("taken"), user("free"))

    assert statuses(results) == ["409", "409", "201"]
    assert "bulkId 'taken', which failed" in results[0]["response"]["detail"]


def test_it_stops_after_as_many_errors_as_were_allowed(idp):
    idp.create("taken@acme.example")

    results = done(idp, user("first"), user("taken"), user("never"), failOnErrors=1)

    assert statuses(results) == ["201", "409"]
    assert idp.find('userName eq "first@acme.example"')
    assert not idp.find('userName eq "never@acme.example"')


def test_a_stale_version_fails_alone(idp):
    known = idp.create("known@acme.example")
    put = {"method": "PUT", "path": f"/Users/{known['id']}", "version": 'W/"7"', "data": {"userName": "x"}}

    failed, made = done(idp, put, user("other"))

    assert statuses([failed, made]) == ["412", "201"]
    assert failed["location"] == known["meta"]["location"]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ({"method": "GET", "path": "/Users/1"}, "no place in a bulk request"),
        ({"method": "POST", "path": "/Bulk", "bulkId": "x", "data": {}}, "neither below /Users nor below /Groups"),
        ({"method": "POST", "path": "/Me", "bulkId": "x", "data": {}}, "neither below"),
        ({"method": "POST", "path": "/Users", "data": {"userName": "x"}}, "needs a bulkId"),
        ({"method": "POST", "path": "/Users/1", "bulkId": "x", "data": {"userName": "x"}}, "takes a path like /Users"),
        ({"method": "PATCH", "path": "/Users", "data": {}}, "takes a path like /Users/<id>"),
        ({"method": "POST", "path": "/Users", "bulkId": "x"}, "needs data"),
        ({"method": "POST", "path": "/Users", "bulkId": "x", "data": []}, "needs data"),
        ({"method": "DELETE", "path": ""}, "neither below"),
        (user("lost", **managed_by("nobody")), "names no POST of this bulk request"),
    ],
)
def test_a_wrong_operation_is_its_own_failure(idp, operation, words):
    failed, made = done(idp, operation, user("other", "another"))

    assert statuses([failed, made]) == ["400", "201"]
    assert words in failed["response"]["detail"]


@pytest.mark.parametrize("path", ["/Users/nobody", "/Groups/00000000-0000-7000-8000-000000000000"])
def test_nobody_is_404_there_too(idp, path):
    (failed,) = done(idp, {"method": "DELETE", "path": path})

    assert failed["status"] == "404"


def test_the_same_bulk_id_twice_is_refused_the_second_time(idp):
    results = done(idp, user("a", "x"), user("b", "x"), group("G", "bulkId:x"))

    assert statuses(results) == ["201", "400", "201"]


def test_what_is_done_to_one_resource_stays_in_order(idp):
    """The change waits for the person it names, and the deletion waits for the change."""
    known = idp.create_group("Old")
    path = f"/Groups/{known['id']}"
    add = {"op": "add", "path": "members", "value": [{"value": "bulkId:late"}]}

    results = done(
        idp,
        {"method": "PATCH", "path": path, "data": {"Operations": [add]}},
        {"method": "DELETE", "path": path},
        user("late"),
    )

    assert statuses(results) == ["204", "204", "201"]


def test_other_directories_are_out_of_reach(idp, other_idp):
    stranger = other_idp.create("hank@globex.example")["id"]

    results = done(idp, {"method": "DELETE", "path": f"/Users/{stranger}"}, group("G", stranger))

    assert statuses(results) == ["404", "400"]


@pytest.mark.parametrize("message", [{}, {"Operations": []}, {"Operations": {}}, {"Operations": [1]}])
def test_a_message_without_operations_is_refused_whole(idp, message):
    answer = idp.ask("POST", "/Bulk", message)

    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidSyntax")


@pytest.mark.parametrize("value", ["1", -1, True, 1.5])
def test_a_wrong_fail_on_errors_is_refused(idp, value):
    assert bulk(idp, user("a"), failOnErrors=value).status_code == 400


def test_only_post_is_known_here(idp):
    assert idp.ask("GET", "/Bulk").status_code == 405


def test_the_limits_are_told_and_kept(app, make_app):
    app = make_app(scim_bulk_operations=2, scim_max_body=4_000)
    with app.app_context():
        idp = Idp(app.test_client(), make_directory(make_organization("Acme")))
        told = idp.ask("GET", "/ServiceProviderConfig").json["bulk"]
        many = bulk(idp, user("a"), user("b"), user("c"))
        large = bulk(idp, user("a", title="x" * 5_000))

    assert told == {"supported": True, "maxOperations": 2, "maxPayloadSize": 4_000}
    assert (many.status_code, large.status_code) == (413, 413)
    assert "2 operations" in many.json["detail"]
    assert "4000 bytes" in large.json["detail"]


def test_one_request_is_recorded_once_and_says_what_failed(idp):
    idp.create("taken@acme.example")

    bulk(idp, user("taken", password="hunter2hunter2"), user("free"))

    exchange = db.session.scalars(sa.select(Exchange).where(Exchange.path == "Bulk")).one()
    assert (exchange.method, exchange.status) == ("POST", 200)
    assert exchange.problem.startswith("1 of 2 operations failed. The first: A person with this userName")
    assert "hunter2" not in exchange.request_body


def test_where_everything_failed_the_record_stays(idp):
    bulk(idp, {"method": "GET", "path": "/Users"})

    assert db.session.scalars(sa.select(Exchange).where(Exchange.path == "Bulk")).one().problem
    assert not db.session.scalars(sa.select(DirectoryUser)).all()


def test_a_long_chain_exhausts_nothing(idp):
    """Each one's manager is the next one; the last one's is the first."""
    size = 60
    chain = [user(f"p{one}", **managed_by(f"p{(one + 1) % size}")) for one in range(size)]

    assert set(statuses(done(idp, *chain))) == {"201"}
