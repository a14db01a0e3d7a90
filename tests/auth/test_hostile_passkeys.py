"""Answers that no device gave, and what a question tells: nothing."""

import re

import pytest

from portal.extensions import db
from portal.models import Passkey
from tests.factories import member_of

ADA = "ada@acme.example"
HOSTILE = (
    "", "null", "[]", "{}", "1e999", "[" * 100_000, '{"id": 1}', '{"id": "\\u0000"}', '{"id": "\\ud800"}', '{"id": "a"}',
    '{"id": "a", "response": []}', '{"id": "a", "response": {"clientDataJSON": 1}}', '{"id": "%s"}' % ("a" * 9000), "é" * 50,
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "oWNmbXQ"}}',
)  # fmt: skip


def kept():
    db.session.rollback()
    return db.session.scalars(db.select(Passkey)).one_or_none()


def test_without_javascript_the_page_says_so_and_the_rest_works(client, acme):
    page = client.get("/login")

    assert "Passkeys need JavaScript" in page.text
    assert re.search(r"<button[^>]*hidden>.*Sign in with a passkey", page.text)


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_answer_is_refused_with_words(client, acme, answer):
    page = client.submit("/login/passkey", {"credential": answer}, page="/login")

    assert page.status_code == 422
    assert "This passkey is not known here" in page.text


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_answer_adds_no_passkey(client, acme, sign_in, answer):
    sign_in(client, member_of(acme, ADA).user)

    page = client.submit("/account/security/passkeys", {"credential": answer}, page="/account/security/passkeys/new")

    assert page.status_code == 422
    assert kept() is None


def test_the_question_at_sign_in_tells_nothing_of_anybody(client, acme):
    from tests.clients import csrf_token

    asked = client.post("/login/passkey/options", data={"csrf_token": csrf_token(client.get("/login"))}).json

    assert asked["allowCredentials"] == [] or "allowCredentials" not in asked
    assert asked["userVerification"] == "required"
    assert asked["rpId"] == "localhost"
