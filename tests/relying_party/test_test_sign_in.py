"""A test sign-in proves a configuration: no session, nobody created, every check answered in words."""

import pytest

from portal.extensions import db
from portal.models import ConnectionTest, Exchange, Session, User
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from tests.clients import text
from tests.relying_party.conftest import configuration, path_of, place, sessions
from tests.relying_party.op import ADA, key
from wizards import checks


def start(client, connection):
    """Press the button of the wizard's test step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(client.application.config, "WTF_CSRF_ENABLED", False)
        answer = client.post(place(connection, "test"))
    assert answer.status_code == 303, answer.text
    return answer.location


def outcome(connection):
    db.session.expire_all()
    test = db.session.scalars(db.select(ConnectionTest).order_by(ConnectionTest.started_at.desc())).first()
    return test, {line["id"]: line for line in test.report["lines"]}


def run(client, connection, provider, claims=ADA, **lies):
    page = client.get(path_of(provider.approve(start(client, connection), claims, **lies)))
    assert page.status_code == 200, page.text
    return page, *outcome(connection)


def test_a_good_answer_passes_every_check(tester, draft, provider):
    page, test, lines = run(tester, draft, provider)

    assert "The test passed" in text(page)
    assert list(lines) == list(checks.load("oidc"))
    assert {line["ok"] for line in lines.values()} == {True}
    assert connections.has_passed(draft, draft.candidate.config_hash)
    assert test.report["suggestions"]["stable_id"] == "sub"
    assert test.report["attributes"]["groups"] == ["Engineering", "Staff"]


def test_it_signs_nobody_in_and_creates_nobody(tester, draft, provider):
    before = db.session.query(Session).count(), db.session.query(User).count()

    run(tester, draft, provider, ADA | {"sub": "new", "email": "new@acme.example"})

    assert (db.session.query(Session).count(), db.session.query(User).count()) == before


def test_the_candidate_is_tested_beside_the_live_configuration(tester, connection, provider):
    connections.stage(connection, configuration(provider), by=OPERATOR)
    db.session.commit()

    _, test, _ = run(tester, connection, provider)

    assert test.config_hash == connection.candidate.config_hash != connection.live.config_hash
    assert sessions() == []


BROKEN = {
    "response-issuer": ({"back": {"iss": "https://idp.example"}}, "https://idp.example"),
    "status": ({"back": {"code": None, "error": "access_denied"}}, "Assign the app"),
    "client": ({"token_error": "invalid_client"}, "not its id"),
    "id-token": ({"id_token": "x"}, "JWT"),
    "signature": ({"signed_by": key("mallory")}, "mallory"),
    "algorithm": ({"unsigned": True}, "none"),
    "issuer": ({"iss": "https://idp.example"}, "https://idp.example"),
    "audience": ({"aud": "other"}, "other"),
    "time": ({"exp": 1_700_000_000}, "2023"),
    "nonce": ({"nonce": "x"}, "another question"),
    "token-hash": ({"at_hash": "x"}, "vouches"),
    "subject": ({"sub": ""}, "never changes"),
    "email": ({"email": None}, "given_name"),
    "email-verified": ({"email_verified": False}, "ada@acme.example"),
    "domain": ({"email": "ada@other.example"}, "other.example"),
}


@pytest.mark.parametrize("check", BROKEN)
def test_each_mistake_is_told_in_words(tester, draft, provider, check):
    lies, word = BROKEN[check]

    _, test, lines = run(tester, draft, provider, **lies)

    assert not test.passed
    assert lines[check]["ok"] is False
    assert word in lines[check]["words"] + lines[check]["fix"]
    assert "{" not in lines[check]["words"] + lines[check]["fix"]


@pytest.mark.parametrize(
    ("check", "lies"),
    [
        ("same-person", {"email": "bob@acme.example"}),
        ("attributes", {"name": None, "given_name": None}),
        ("userinfo", {"userinfo": {"sub": "somebody-else"}}),
    ],
)
def test_advice_does_not_fail_a_test(tester, draft, provider, check, lies):
    _, test, lines = run(tester, draft, provider, **lies)

    assert (lines[check]["ok"], test.passed) == (False, True)


def test_all_mistakes_are_told_at_once(tester, draft, provider):
    _, _, lines = run(tester, draft, provider, iss="https://x.example", aud="x", nonce="x", signed_by=key("mallory"))

    assert {"issuer", "audience", "nonce", "signature"} <= {id for id, line in lines.items() if line["ok"] is False}


def test_what_could_not_be_asked_is_not_answered(tester, draft, provider):
    _, _, lines = run(tester, draft, provider, token_error="invalid_client")

    unanswered = {id for id, line in lines.items() if line["ok"] is None}
    assert {"signature", "issuer", "email", "domain", "userinfo"} <= unanswered
    assert lines["came-back"]["ok"] is lines["status"]["ok"] is True


def test_everything_that_could_be_mapped_is_asked_for(tester, draft, provider):
    _, test, _ = run(tester, draft, provider, userinfo={"realm": {"roles": ["a", "b"]}, "department": "IT"})

    assert test.report["attributes"]["realm.roles"] == ["a", "b"]
    assert test.report["attributes"]["department"] == ["IT"]


def test_the_details_are_for_the_browser_that_asked(app, tester, draft, provider):
    back = path_of(provider.approve(start(tester, draft), ADA, aud="other"))

    assert app.test_client().get(back).status_code == 400
    assert "other" in text(tester.get(back))


def test_a_page_reloaded_shows_the_same_report(tester, draft, provider):
    back = path_of(provider.approve(start(tester, draft), ADA, aud="other"))

    assert text(tester.get(back)) == text(tester.get(back))
    assert provider.asked.count("/token") == db.session.query(ConnectionTest).count() == 1


def test_a_configuration_changed_meanwhile_is_not_proven(tester, draft, provider):
    back = path_of(provider.approve(start(tester, draft)))
    connections.stage(draft, configuration(provider), by=OPERATOR)
    db.session.commit()

    assert "changed since" in text(tester.get(back))
    assert not connections.has_passed(draft, draft.candidate.config_hash)


def test_support_sees_that_a_test_failed(tester, draft, provider):
    run(tester, draft, provider, aud="other")

    assert db.session.scalars(db.select(Exchange.problem)).all() == ["test/failed"]


def test_strangers_may_not_test(client, draft):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(client.application.config, "WTF_CSRF_ENABLED", False)
        assert client.post(place(draft, "test")).location.startswith("/login")


def test_neither_report_nor_record_hold_the_secret_or_a_token(tester, draft, provider):
    run(tester, draft, provider)

    kept = repr(
        [row.report for row in db.session.query(ConnectionTest)] + [vars(row) for row in db.session.query(Exchange)]
    )
    assert "s3cr3t" not in kept
    assert "eyJ" not in kept
