"""A test sign-in proves a configuration: no session, nobody created, every check answered in words."""

from datetime import timedelta

import pytest

from portal.extensions import db
from portal.models import ConnectionTest, Exchange, Session, User
from portal.models.base import now
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import make_connection
from tests.saml.conftest import asked, configuration, place, post, reply
from tests.saml.hostile import CONDITIONS, DATA, NAME, drop, failed, put
from tests.saml.idp import pair
from wizards import checks


def start(client, connection):
    """Press the button of the wizard's test step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(client.application.config, "WTF_CSRF_ENABLED", False)
        return asked(client.post(place(connection, "test")))


def outcome(connection):
    test = db.session.scalars(db.select(ConnectionTest).order_by(ConnectionTest.started_at.desc())).first()
    db.session.refresh(test)
    return test, {line["id"]: line for line in test.report["lines"]}


def run(client, connection, **changes):
    question = start(client, connection)
    back = post(client, connection, reply(connection, question.id, **changes).encoded(), question.relay_state)
    assert back.status_code == 303, back.text
    return outcome(connection)


NAMES = [("email", ("ada@acme.example",)), ("firstName", ("Ada",)), ("lastName", ("Lovelace",))]


def test_a_good_answer_passes_every_check(tester, draft):
    test, lines = run(tester, draft, attributes=NAMES)

    assert test.passed
    assert list(lines) == list(checks.load())
    assert {line["ok"] for line in lines.values()} == {True}
    assert test.config_hash == draft.candidate.config_hash
    assert connections.has_passed(draft, draft.candidate.config_hash)


def test_it_signs_nobody_in_and_creates_nobody(client, tester, draft):
    before = db.session.query(Session).count(), db.session.query(User).count()

    run(tester, draft, name_id="new@acme.example", attributes=[("email", ("new@acme.example",))])

    assert (db.session.query(Session).count(), db.session.query(User).count()) == before


def test_the_candidate_is_tested_beside_the_live_configuration(tester, drafted):
    test, _ = run(tester, drafted, key=pair("next"))

    assert test.passed
    assert test.config_hash == drafted.candidate.config_hash


def test_the_answer_of_a_test_does_not_sign_in(tester, drafted):
    question = start(tester, drafted)
    back = post(tester, drafted, reply(drafted, question.id, key=pair("next")).encoded())

    page = tester.get(back.location)

    assert "The test passed" in text(page)
    assert [row.connection_id for row in db.session.query(Session)] == [None]


BROKEN = {
    "status": ({"sign": (), "before": failed}, "Responder"),
    "destination": ({"before": put(DATA, "Recipient", "https://old.example/acs")}, "https://old.example/acs"),
    "issuer": ({"issuer": "https://sts.example/other"}, "https://sts.example/other"),
    "audience": ({"audience": "urn:wrong"}, "urn:wrong"),
    "signature": ({"key": pair("mallory")}, "renewed"),
    "algorithm": ({"method": "RSA_SHA1"}, "rsa-sha1"),
    "time": ({"at": now() - timedelta(days=1)}, "clock"),
    "answer-to-our-question": ({"request_id": "_other"}, "_other"),
    "encryption": ({"encrypt_for": pair("sp").certificate}, "encrypted"),
    "subject": ({"before": drop(NAME)}, "Name ID"),
    "email": ({"attributes": [("uid", ("u1",))], "name_id": "u1", "name_format": ""}, "uid"),
    "domain": ({"attributes": [("email", ("ada@other.example",))]}, "other.example"),
    "xml": ({"before": drop(CONDITIONS)}, "rules"),
}


@pytest.mark.parametrize("check", BROKEN)
def test_each_mistake_is_told_in_words(tester, draft, check):
    changes, word = BROKEN[check]
    question = start(tester, draft)

    post(tester, draft, reply(draft, question.id, **changes).encoded(), question.relay_state)

    test, lines = outcome(draft)
    assert not test.passed
    assert lines[check]["ok"] is False
    assert word in lines[check]["words"] + lines[check]["fix"] + lines[check]["got"]
    assert "{" not in lines[check]["words"] + lines[check]["fix"]


def test_support_sees_that_a_test_failed(tester, draft):
    run(tester, draft, audience="urn:wrong")

    assert db.session.scalars(db.select(Exchange.problem)).all() == ["test/failed"]


def test_all_mistakes_are_told_at_once(tester, draft):
    _, lines = run(
        tester, draft, audience="urn:wrong", issuer="urn:other", key=pair("mallory"), attributes=[], name_id="x"
    )

    assert {"audience", "issuer", "signature", "email"} <= {id for id, line in lines.items() if line["ok"] is False}


def test_the_consoles_own_label_is_named(tester, draft):
    _, lines = run(tester, draft, audience="urn:wrong")

    assert "Audience" in lines["audience"]["fix"]
    assert "Okta" in lines["audience"]["fix"]


@pytest.mark.parametrize(("check", "changes"), [
    ("nameid-format", {"name_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}),
    ("same-person", {"attributes": [("email", ("bob@acme.example",))]}),
    ("attributes", {}),
    ("duplicate-attributes", {"attributes": [*NAMES, ("Role", ("a",)), ("Role", ("b",))]}),
])  # fmt: skip
def test_advice_does_not_fail_a_test(tester, draft, check, changes):
    test, lines = run(tester, draft, **changes)

    assert lines[check]["ok"] is False
    assert test.passed


def test_a_certificate_that_ends_soon_is_told(tester, acme):
    old = pair("old", days=20, since=now() - timedelta(days=1))
    made = make_connection(acme, configuration(certificates=(old.certificate,)), live=False)

    test, lines = run(tester, made, key=old)

    assert lines["certificate-life"]["ok"] is False
    assert test.passed


def test_suggestions_name_the_attributes(tester, draft):
    test, _ = run(tester, draft, attributes=NAMES)

    assert test.report["suggestions"] == {"email": "email", "given_name": "firstName", "family_name": "lastName"}


def test_an_answer_passes_once(tester, draft):
    first = run(tester, draft, assertion_id="_same")[0].passed
    second = run(tester, draft, assertion_id="_same")[0].passed

    assert (first, second) == (True, False)


def test_an_answer_nobody_asked_for_tests_a_draft(client, draft):
    page = post(client, draft, reply(draft, None, attributes=NAMES).encoded())

    test, _ = outcome(draft)
    assert test.passed
    assert "ada@acme.example" not in text(page)


def test_the_details_are_for_the_browser_that_asked(client, app, tester, draft):
    question = start(tester, draft)
    back = post(tester, draft, reply(draft, question.id, audience="urn:wrong").encoded())

    assert "urn:wrong" in text(tester.get(back.location))
    assert app.test_client().get(back.location).status_code == 400


def test_a_test_that_is_broken_beyond_reading_still_reports(tester, draft):
    question = start(tester, draft)

    post(tester, draft, "AAAA", question.relay_state)

    test, lines = outcome(draft)
    assert (test.passed, lines["xml"]["ok"], lines["audience"]["ok"]) == (False, False, None)


def test_a_configuration_changed_meanwhile_is_not_proven(tester, draft):
    question = start(tester, draft)
    connections.stage(draft, configuration(sso_url="https://idp.example/new"), by=OPERATOR)
    db.session.commit()

    refused = post(tester, draft, reply(draft, question.id).encoded(), question.relay_state)

    assert refused.status_code == 400
    assert "changed since" in text(refused)
    assert not connections.has_passed(draft, draft.candidate.config_hash)


def test_the_page_shows_only_what_could_be_asked(tester, draft):
    question = start(tester, draft)
    back = post(tester, draft, reply(draft, question.id, sign=(), before=failed).encoded(), question.relay_state)

    assert len(soup(tester.get(back.location)).select("main li")) < len(checks.load())
