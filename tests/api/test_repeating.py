"""A POST that is sent twice, and a change that depends on what was read."""

from datetime import timedelta

import pytest
import time_machine

from portal.extensions import db
from portal.models import KeptAnswer, Organization
from portal.models.base import now
from portal.organizations import kept_answers

KEY = {"Idempotency-Key": "order-1"}


def count(model):
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_a_post_with_a_key_is_done_once_and_answered_alike(program):
    first = program.ask("POST", "/organizations", {"name": "Initech"}, headers=KEY)
    again = program.ask("POST", "/organizations", {"name": "Initech"}, headers=KEY)

    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert count(Organization) == 1


def test_the_same_key_for_another_request_is_refused(program):
    program.ask("POST", "/organizations", {"name": "Initech"}, headers=KEY)

    answer = program.ask("POST", "/organizations", {"name": "Other"}, headers=KEY)

    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused")
    assert count(Organization) == 1


def test_what_was_refused_may_be_tried_again(program, acme):
    refused = program.ask("POST", "/organizations", {"name": "Acme", "slug": "acme"}, headers=KEY)
    again = program.ask("POST", "/organizations", {"name": "Acme", "slug": "acme-2"}, headers=KEY)

    assert (refused.status_code, again.status_code) == (409, 201)


def test_another_program_has_keys_of_its_own(make_program):
    answers = [make_program().ask("POST", "/organizations", {"name": "Initech"}, headers=KEY) for _ in range(2)]

    assert answers[0].get_json()["id"] != answers[1].get_json()["id"]


def test_a_kept_answer_hides_its_secrets_and_is_forgotten_after_a_day(program, acme):
    secret = program.ask("POST", "/organizations/acme/api-keys", {}, headers=KEY).get_json()["key"]

    assert secret not in str([vars(row) for row in db.session.scalars(db.select(KeptAnswer))])
    with time_machine.travel(now() + timedelta(days=1, seconds=1)):
        kept_answers.forget_old()
    assert count(KeptAnswer) == 0


@pytest.mark.parametrize("key", ["x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(program, key):
    assert program.ask("POST", "/organizations", {"name": "X"}, headers={"Idempotency-Key": key}).status_code == 400


def test_a_change_depends_on_what_was_read(program, acme):
    etag = program.ask("GET", "/organizations/acme").headers["ETag"]

    first = program.ask("PATCH", "/organizations/acme", {"name": "Acme 2"}, headers={"If-Match": etag})
    late = program.ask("PATCH", "/organizations/acme", {"name": "Acme 3"}, headers={"If-Match": etag})

    assert (first.status_code, late.status_code) == (200, 412)
    assert late.get_json()["code"] == "precondition_failed"
    assert program.get("/organizations/acme")["name"] == "Acme 2"


def test_any_state_will_do_where_one_is_there(program, acme):
    here, nowhere = {"headers": {"If-Match": "*"}}, {"headers": {"If-Match": '"x"'}}

    assert program.ask("PATCH", "/organizations/acme", {"seats": 3}, **here).status_code == 200
    assert program.ask("PATCH", "/organizations/nobody", {"seats": 3}, **here).status_code == 404
    assert program.ask("POST", "/organizations", {"name": "X"}, **nowhere).status_code == 412


def test_a_change_answers_with_the_new_etag(program, acme):
    changed = program.ask("PATCH", "/organizations/acme", {"name": "Acme 2"})

    assert changed.headers["ETag"] == program.ask("GET", "/organizations/acme").headers["ETag"]
