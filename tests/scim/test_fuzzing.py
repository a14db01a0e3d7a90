"""Whatever is asked, the answer is SCIM, comes soon, is no fault of ours, and says nothing of another directory.

The suite asks 800 times in one order. SCIM_FUZZ=10000 asks more, and in a new order each time (SCIM_FUZZ_SEED repeats one).
"""

import os
import random
import time

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryGroup, DirectoryUser
from portal.scim.attributes import CORE_USER
from tests.scim.fuzzing import Fuzzer

HOW_MANY = int(os.environ.get("SCIM_FUZZ", "800"))
SEED = int(os.environ.get("SCIM_FUZZ_SEED", "0")) or (random.SystemRandom().randint(1, 10**9) if HOW_MANY > 800 else 7)
LONGEST = 2.0
SECRET = "xyzzy-of-globex"


@pytest.fixture
def neighbour(other_idp):
    """People and groups of another company, each with a word of their own in every text."""
    names = [f"{SECRET}-{number}@globex.example" for number in range(3)]
    people = [other_idp.create(one, title=SECRET, externalId=SECRET)["id"] for one in names]
    group = other_idp.create_group(f"{SECRET} group", people)
    return [*people, group["id"]]


@pytest.mark.timeout(3600 if HOW_MANY > 800 else 120)
def test_no_request_is_a_fault_of_ours_or_shows_the_neighbour(idp, neighbour):
    fuzzer, before, slow = Fuzzer(SEED), everything_of(neighbour), []
    fuzzer.ids = {
        "Users": [idp.create(f"first{n}@acme.example")["id"] for n in range(3)],
        "Groups": [idp.create_group()["id"]],
    }
    for number in range(HOW_MANY):
        method, path, body = fuzzer.request()
        if number % 10 == 0:  # also the neighbour's ids, in place of our own
            path, body = aimed_at(fuzzer.dice.choice(neighbour), fuzzer, path, body)
        started = time.perf_counter()
        answer = idp.ask(method, path, body)
        if (took := time.perf_counter() - started) > LONGEST:
            slow.append((took, method, path, body))
        check(
            answer,
            f"seed {SEED}, request {number}: {method} {path} {body!r} -> {answer.status_code} {answer.text[:500]}",
        )
        fuzzer.learn(answer)

    assert not slow
    assert everything_of(neighbour) == before
    assert (fuzzer.ids["Users"], fuzzer.ids["Groups"]) != ([], [])


def aimed_at(stranger, fuzzer, path, body):
    for known in (*fuzzer.ids["Users"], *fuzzer.ids["Groups"]):
        path = path.replace(known, stranger)
        body = body.replace(known.encode(), stranger.encode()) if body else body
    return path, body


def check(answer, said):
    assert answer.status_code < 500 or answer.status_code == 501, said
    assert answer.mimetype == "application/scim+json", said
    assert SECRET not in answer.text, said
    if answer.status_code >= 400 and answer.data:
        assert answer.json["status"] == str(answer.status_code), said
        assert answer.json["detail"].rstrip("”")[-1] in ".?", said
    if answer.status_code == 200 and answer.data:
        assert answer.json["schemas"], said


def everything_of(ids):
    """The neighbour's rows, as they are in the database."""
    db.session.rollback()
    found = []
    for model in (DirectoryUser, DirectoryGroup):
        rows = db.session.execute(sa.select(model.id, model.version, model.data).where(model.data.isnot(None))).all()
        found += [(str(row.id), row.version, row.data) for row in rows if str(row.id) in ids]
    return sorted(found, key=lambda row: row[0])


def test_the_same_request_is_answered_alike_whether_or_not_the_neighbour_has_it(idp, neighbour):
    """Nothing a neighbour has can be told by an answer: names, external ids, ids, members, counts."""
    person, group = neighbour[0], neighbour[-1]
    nobody = "00000000-0000-7000-8000-000000000000"

    for template in (
        "/Users/{id}", "/Groups/{id}", "/Users?filter=id%20eq%20%22{id}%22", "/Groups?filter=members%20eq%20%22{id}%22",
        "/Users?filter=groups%20eq%20%22{id}%22", "/Users?filter=groups[value%20eq%20%22{id}%22]", "/Groups?filter=members%20pr",
    ):  # fmt: skip
        for stranger in (person, group):
            theirs, none = (idp.ask("GET", template.format(id=one)) for one in (stranger, nobody))
            assert (theirs.status_code, theirs.json) == (none.status_code, none.json), template


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_nothing_of_the_neighbours_can_be_changed(idp, neighbour, method, kind):
    before = everything_of(neighbour)
    body = {"userName": "x", "displayName": "x", "Operations": [{"op": "replace", "path": "displayName", "value": "x"}]}

    for stranger in neighbour:
        answer = idp.ask(method, f"/{kind}/{stranger}", None if method == "DELETE" else body, **{"If-Match": 'W/"1"'})
        assert answer.status_code == 404

    assert everything_of(neighbour) == before


def test_the_neighbours_names_are_free_here_and_its_people_no_members(idp, neighbour):
    mine = idp.create(f"{SECRET}-0@globex.example", externalId=SECRET)
    group = idp.create_group(f"{SECRET} group", [mine["id"]])

    answer = idp.ask("PATCH", f"/Groups/{group['id']}", {"Operations": [{"op": "add", "path": "members", "value": [
        {"value": neighbour[0]}]}]})  # fmt: skip

    assert answer.status_code == 400
    assert idp.ask("POST", "/.search", {"filter": f'schemas eq "{CORE_USER}"'}).json["totalResults"] == 1
    assert [one["value"] for one in idp.ask("GET", f"/Groups/{group['id']}").json["members"]] == [mine["id"]]
