"""The login page does the same work for everybody, so that its answer's time tells nothing (WEB-9): counted, not clocked."""

import re

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.organizations import domains, passwords
from portal.organizations.actors import OPERATOR
from tests.clients import csrf_token
from tests.factories import PASSWORD, add_member, make_connection, make_organization, make_user

WHO = {
    "with a password": "ada@acme.example",
    "without a password": "grace@acme.example",
    "unknown at a known domain": "nobody@acme.example",
    "at an unknown domain": "nobody@nowhere.example",
    "at a claimed domain": "nobody@claimed.example",
    "at the domain of a company that may not": "nobody@barred.example",
    "of one organization only": "eve@elsewhere.example",
}


@pytest.fixture
def world(acme):
    """A verified domain without single sign-on, one only claimed, one whose company was switched off."""
    add_member(acme, make_user("grace@acme.example"))
    make_user("eve@elsewhere.example", home=acme)
    domains.claim(acme, "claimed.example", by=OPERATOR)
    barred = make_organization("Barred", domain="barred.example")
    make_connection(barred)
    barred.sso_allowed = False
    db.session.commit()


@pytest.fixture
def work(client, world, monkeypatch):
    """work(address, data): the statements a request sent, without its values, and how often Argon2 ran."""
    token, real = csrf_token(client.get("/login")), passwords._matches
    seen = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(shape(statement)))
    monkeypatch.setattr(passwords, "_matches", lambda *given: seen.append("argon2") or real(*given))

    def do(address, data):
        seen.clear()
        answer = client.post(address, data={"csrf_token": token} | data)
        return answer, list(seen)

    return do


def shape(statement):
    return re.sub(r"\s+", " ", statement)


def same(work, address, **data):
    """What each of them caused."""
    done = {}
    for who, email in WHO.items():
        answer, sent = work(address, {"email": email} | data)
        done[who] = answer.status_code, re.sub(re.escape(email), "…", answer.text), sent
    return done


def without_tokens(text):
    return re.sub(r'(csrf_token" value|request|<code)[^>]*>[^<]*', "", text)


def test_the_first_step_does_the_same_for_everybody(work):
    done = same(work, "/login")

    first = done["at an unknown domain"]
    assert len([one for one in first[2] if one.startswith("SELECT")]) == 1
    for who, (status, text, sent) in done.items():
        assert (status, sent) == (first[0], first[2]), who
        assert without_tokens(text) == without_tokens(first[1]), who


def test_a_wrong_password_does_the_same_for_everybody(work):
    done = same(work, "/login/password", password="not the password")

    first = done["at an unknown domain"]
    assert first[2].count("argon2") == 1
    for who, (status, text, sent) in done.items():
        assert (status, sent) == (first[0], first[2]), who
        assert without_tokens(text) == without_tokens(first[1]), who


def test_a_link_is_promised_after_a_look_and_a_write_for_everybody(work):
    done = same(work, "/login/link")

    for who, (status, text, sent) in done.items():
        assert (status, without_tokens(text)) == (200, without_tokens(done["at an unknown domain"][1])), who
        assert sum(one.startswith("SELECT") and "FROM users" in one for one in sent) == 1, who
        assert any(one.startswith("INSERT INTO events") for one in sent), who


def test_the_password_of_the_fixture_is_right(work):
    answer, _ = work("/login/password", {"email": WHO["with a password"], "password": PASSWORD})

    assert answer.status_code == 303
