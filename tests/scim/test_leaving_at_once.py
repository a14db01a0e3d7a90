"""However an identity provider takes people away, many at once are noticed, and a single one costs little more."""

import pytest

from portal.extensions import db
from portal.models import Status
from portal.organizations import batches, organizations
from portal.organizations.actors import OPERATOR
from tests.factories import member_of

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
OFF = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}


def patch(idp, user):
    return idp.ask("PATCH", f"/Users/{user['id']}", OFF)


def put(idp, user):
    return idp.ask("PUT", f"/Users/{user['id']}", {"userName": user["userName"], "active": False})


def delete(idp, user):
    return idp.ask("DELETE", f"/Users/{user['id']}")


def one_by_one(way):
    return lambda idp, users: [way(idp, user) for user in users]


def in_bulk(idp, users):
    operations = [{"method": "PATCH", "path": f"/Users/{user['id']}", "data": OFF} for user in users]
    return [idp.ask("POST", "/Bulk", {"schemas": [BULK], "Operations": operations})]


EVERY_WAY = pytest.mark.parametrize(
    "leave",
    [one_by_one(patch), one_by_one(put), one_by_one(delete), in_bulk],
    ids=["PATCH", "PUT", "DELETE", "bulk"],
)


@EVERY_WAY
@pytest.mark.parametrize("holds", [False, True], ids=["alarm", "held"])
def test_many_leaving_at_once_are_noticed_and_the_provider_is_answered_as_ever(idp, acme, leave, holds):
    organizations.set_policy(acme, by=OPERATOR, hold_large_batches=holds)
    users = [idp.create(f"person{number}@acme.example") for number in range(9)]

    answers = leave(idp, users)

    assert {answer.status_code for answer in answers} <= {200, 204}
    batch = batches.open_ones(acme)[0]
    assert batches.counts(batch) == batches.Counts(total=9, out=5 if holds else 9, held=4 if holds else 0)


@EVERY_WAY
def test_after_one_button_everybody_is_back_and_the_same_requests_again_take_nobody_away(idp, acme, leave):
    users = [idp.create(f"person{number}@acme.example") for number in range(9)]
    leave(idp, users)

    batches.restore(batches.open_ones(acme)[0], by=OPERATOR)
    db.session.commit()
    leave(idp, users)

    assert {member_of(acme, user["userName"]).status for user in users} == {Status.ACTIVE}


def test_what_the_provider_said_is_still_what_it_reads(idp, acme):
    users = [idp.create(f"person{number}@acme.example") for number in range(9)]
    one_by_one(patch)(idp, users)
    batches.restore(batches.open_ones(acme)[0], by=OPERATOR)
    db.session.commit()

    assert {idp.ask("GET", f"/Users/{user['id']}").json["active"] for user in users} == {False}


def test_a_single_suspension_costs_two_statements_more_at_most(idp, acme, statements):
    """13 without the count, and two for the receipt; raising the alarm costs some more, once."""
    users = [idp.create(f"person{number}@acme.example") for number in range(45)]

    *costs, dearest = sorted(statements(lambda user=user: patch(idp, user)) for user in users[:12])

    assert costs[-1] <= 13 + 2 + 2 < dearest
    assert len(batches.open_ones(acme)) == 1


@pytest.mark.once
def test_the_count_is_taken_from_an_index(app):
    plan = db.session.execute(
        db.text(
            "EXPLAIN QUERY PLAN SELECT count(*) FROM memberships WHERE organization_id = 'x' AND ended_at > '2030-01-01' "
            "AND suspended_by_directory IS true"
        )
    ).all()

    assert "ix_memberships_ended" in str(plan)
