"""What a test leaves behind: a report for those who set the connection up, encrypted, for a week; and a colleague's try."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine

from portal.cli.worker import work
from portal.extensions import db
from portal.models import ConnectionTest, Session, User
from portal.models.base import now
from portal.organizations import connections
from portal.saml import showing
from tests.clients import csrf_token, soup, text
from tests.saml.conftest import asked, place, post, reply
from tests.saml.test_test_sign_in import run, start

NAMES = [("email", ("ada@acme.example",)), ("displayName", ("Ada Secret-Lovelace",))]


def stored():
    return db.session.execute(sa.text("SELECT report FROM connection_tests")).scalars().all()


def kept_after(app, *, days):
    db.session.commit()
    with time_machine.travel(now() + timedelta(days=days)):
        work(app)
    return stored()


def test_a_report_is_kept_encrypted(tester, draft):
    test, _ = run(tester, draft, attributes=NAMES)

    kept = stored()
    assert "Ada Secret-Lovelace" in test.report["xml"]
    assert "Lovelace" not in kept[0]
    assert "acme.example" not in kept[0]


def test_it_is_forgotten_after_a_week_and_what_it_proved_is_not(app, tester, draft):
    run(tester, draft)

    assert kept_after(app, days=6) != [None]
    assert kept_after(app, days=8) == [None]

    assert connections.has_passed(draft, draft.candidate.config_hash)


def test_what_no_key_opens_any_more_reads_as_forgotten(tester, draft):
    test, _ = run(tester, draft)
    db.session.execute(sa.text("UPDATE connection_tests SET report = 'lost'"))
    db.session.commit()

    assert db.session.get_one(ConnectionTest, test.id, populate_existing=True).report == {}


def test_an_encrypted_answer_is_shown_decrypted_and_without_what_could_be_used_again(tester, draft):
    from portal.organizations import connection_keys
    from portal.organizations.actors import OPERATOR

    key = connection_keys.ensure(draft, by=OPERATOR)
    db.session.commit()

    test, _ = run(tester, draft, encrypt_for=key.certificate, attributes=NAMES, sign=("assertion", "response"))

    assert "Ada Secret-Lovelace" in test.report["xml"]
    assert "EncryptedAssertion" not in test.report["xml"]
    assert test.report["xml"].count("<ds:SignatureValue>[…]") == 2
    assert test.report["facts"]["Encrypted"] == "aes128-gcm"
    assert test.report["facts"]["Signed"] == "the response and the assertion"


def answer_of(test, connection):
    return place(connection, f"test/{test.id}/answer")


def test_those_who_set_it_up_may_have_the_answer_as_it_came(tester, draft):
    test, _ = run(tester, draft)

    answer = tester.get(answer_of(test, draft))

    assert answer.data.startswith(b"<samlp:Response")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_else_may(tester, draft, globex, app, sign_in):
    test, _ = run(tester, draft)
    other = app.test_client()
    sign_in(other, db.session.scalars(db.select(User).where(User.email == "hank@globex.example")).one())

    assert app.test_client().get(answer_of(test, draft)).status_code in (303, 404)
    assert other.get(answer_of(test, draft)).status_code in (303, 404)


def test_the_text_for_support_names_what_failed_and_nobody(tester, draft):
    test, _ = run(tester, draft, audience="urn:wrong", attributes=[("email", ("grace@other.example",))])

    told = showing.shown(draft, test).support

    assert "Mend audience" in told
    assert f"Expected {draft.entity_id}; got urn:wrong" in told
    assert str(test.id) in told
    assert "grace" not in told


def colleagues_link(tester, draft, page="/account/organizations"):
    token = csrf_token(tester.get(page))
    answer = tester.post(place(draft, "test/link"), data={"csrf_token": token})
    assert answer.headers["Cache-Control"] == "no-store"
    return urlsplit(soup(answer).find(id="test-link")["value"]).path


def test_a_colleague_without_an_account_tests_with_a_link(tester, draft, app):
    link, colleague = colleagues_link(tester, draft), app.test_client()
    before = db.session.query(Session).count(), db.session.query(User).count()

    question = asked(colleague.submit(link))
    back = post(colleague, draft, reply(draft, question.id).encoded(), question.relay_state)

    assert "The test passed" in text(colleague.get(back.location))
    assert connections.has_passed(draft, draft.candidate.config_hash)
    assert (db.session.query(Session).count(), db.session.query(User).count()) == before
    assert "a colleague of" in db.session.scalars(db.select(ConnectionTest.started_by)).one()


def test_looking_at_the_link_starts_nothing(tester, draft, app):
    page = app.test_client().get(colleagues_link(tester, draft))

    assert "no account is made for you" in text(page)
    assert db.session.query(ConnectionTest).count() == 0


def test_the_link_works_for_an_hour(tester, draft, app):
    link = colleagues_link(tester, draft)

    with time_machine.travel(now() + timedelta(minutes=59)):
        assert app.test_client().get(link).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert app.test_client().get(link).status_code == 410


def test_the_link_is_for_its_connection_only(tester, draft, connection, app):
    token = colleagues_link(tester, draft).rpartition("/")[2]

    assert app.test_client().get(place(connection, f"try/{token}")).status_code == 410
    assert app.test_client().get(place(draft, f"try/{token}x")).status_code == 410


def test_a_stranger_makes_no_link(client, draft):
    token = csrf_token(client.get("/login"))

    assert client.post(place(draft, "test/link"), data={"csrf_token": token}).status_code in (303, 404)


@pytest.mark.parametrize("ahead", [-30, 30])
def test_the_difference_of_the_clocks_is_told(tester, draft, ahead):
    question = start(tester, draft)
    post(tester, draft, reply(draft, question.id, at=now() + timedelta(seconds=ahead)).encoded(), question.relay_state)

    test = db.session.scalars(db.select(ConnectionTest)).one()
    assert abs(test.report["clock_seconds"] - ahead) <= 2
