"""Signing out from the application, and applications that are told when somebody has left."""

from datetime import timedelta

import pytest
import time_machine

from portal.cli import leaving
from portal.extensions import db
from portal.models import Grant, LoginTransaction, SamlConfiguration
from portal.models.base import now
from portal.organizations import backchannel, connection_keys, members, sessions
from portal.organizations.actors import OPERATOR
from portal.organizations.applications import Addresses
from tests.clients import csrf_token, text
from tests.factories import add_member, make_connection
from tests.oidc.application import CALLBACK, SIGNED_OUT, Application, sign_in_to

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def leave(browser, token=None, **asked):
    asked = {"post_logout_redirect_uri": SIGNED_OUT, "state": "s-1"} | asked
    return browser.get("/oidc/logout", query_string=({"id_token_hint": token} if token else {}) | asked)


def test_the_application_signs_a_person_out_and_has_them_back(notes, browser):
    token = sign_in_to(notes, browser)

    page = leave(browser, token["id_token"])

    assert f'url={SIGNED_OUT}?state=s-1"' in page.text
    assert browser.get("/account").status_code == 303
    assert notes.refresh(token["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_an_old_identity_token_still_says_whose_session_it_was(notes, browser):
    token = sign_in_to(notes, browser)

    with time_machine.travel(now() + timedelta(hours=5)):
        assert SIGNED_OUT in leave(browser, token["id_token"]).text


def test_without_proof_the_person_is_asked_first(notes, browser):
    page = leave(browser, client_id=notes.id)
    form = {"csrf_token": csrf_token(page), "client_id": notes.id, "post_logout_redirect_uri": SIGNED_OUT}

    assert "Sign out?" in text(page)
    assert browser.get("/account").status_code == 200
    assert browser.post("/oidc/logout/confirmation", data=form | {"csrf_token": ""}).status_code == 400
    assert SIGNED_OUT in browser.post("/oidc/logout/confirmation", data=form).text
    assert browser.get("/account").status_code == 303


def test_the_token_of_somebody_else_ends_nothing_unasked(app, notes, browser, acme, sign_in):
    token = sign_in_to(notes, browser)
    other = app.test_client()
    sign_in(other, add_member(acme, "bo@acme.example").user)

    assert "Sign out?" in text(leave(other, token["id_token"]))
    assert other.get("/account").status_code == 200
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize("wrong", ["address", "token", "client", "nobody"])
def test_nobody_is_sent_to_an_address_that_is_not_proven(app, notes, browser, wrong):
    token = sign_in_to(notes, browser)["id_token"]
    head, body, signature = token.split(".")
    answer = {
        "address": lambda: leave(browser, token, post_logout_redirect_uri="https://evil.example/"),
        "token": lambda: leave(browser, f"{head}.{body}.{signature[::-1]}"),
        "client": lambda: leave(browser, token, client_id=Application(app).id),
        "nobody": lambda: leave(browser),
    }[wrong]()

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert browser.get("/account").status_code == 200


def test_an_access_token_is_no_hint(notes, browser):
    assert leave(browser, sign_in_to(notes, browser)["access_token"]).status_code == 400


def test_by_a_post_from_the_application_it_works_without_our_cookie(app, notes, browser):
    token = sign_in_to(notes, browser)["id_token"]

    answer = app.test_client().post("/oidc/logout", data={"id_token_hint": token})

    assert answer.status_code == 303
    assert browser.get("/account").status_code == 303


def test_where_the_idp_signs_out_too_the_address_waits(notes, browser, acme):
    address = "https://idp.example/slo"
    idp = SamlConfiguration("https://idp.example/saml", "https://idp.example/sso", ("---",), slo_url=address)
    connection = make_connection(acme, idp)
    connection.single_logout = True
    connection_keys.ensure(connection, by=OPERATOR)
    row = sessions.get(browser.session_id)
    row.connection_id, row.organization_id, row.idp_session = connection.id, acme.id, {"name_id": "ada"}

    answer = leave(browser, sign_in_to(notes, browser)["id_token"])

    assert answer.headers["Location"].startswith(f"/saml/{connection.id}/leave")
    assert db.session.scalars(db.select(LoginTransaction.target)).one() == f"{SIGNED_OUT}?state=s-1"


@pytest.fixture
def listening(app, receiver, trusting):
    """An application that is told of sign-outs."""
    return Application(app, Addresses([CALLBACK], (), receiver.url))


def told(application, receiver):
    return [application.read(message["logout_token"]) for message in receiver.heard]


@pytest.mark.parametrize("how", ["sign-out", "session", "suspended", "removed"])
def test_the_application_is_told_whose_session_ended(app, listening, receiver, browser, acme, ada, how):
    add_member(acme, "bo@acme.example", role="owner")
    token = sign_in_to(listening, browser)
    {
        "sign-out": lambda: browser.submit("/sign-out", page="/account"),
        "session": lambda: sessions.revoke(sessions.get(browser.session_id), by=OPERATOR),
        "suspended": lambda: members.suspend(ada, by=OPERATOR),
        "removed": lambda: members.remove(ada, by=OPERATOR),
    }[how]()
    db.session.commit()

    leaving.once(app)

    (said,) = told(listening, receiver)
    claims = said.claims
    assert (said.header["typ"], claims["events"], "nonce" in claims) == ("logout+jwt", {EVENT: {}}, False)
    assert (claims["sub"], claims["aud"]) == (str(ada.user_id), listening.id)
    assert claims["sid"] == listening.read(token["id_token"]).claims["sid"]
    assert not leaving.once(app)
    assert len(receiver.got) == 1


def test_leaving_one_company_ends_nothing_in_another(app, listening, receiver, browser, acme, globex, ada):
    add_member(acme, "bo@acme.example", role="owner")
    add_member(globex, ada.user)
    ours = sign_in_to(listening, browser, organization="acme")
    theirs = sign_in_to(listening, browser, organization="globex")
    members.suspend(ada, by=OPERATOR)
    db.session.commit()

    leaving.once(app)

    assert [one.claims["sid"] for one in told(listening, receiver)] == [_sid(listening, ours)]
    assert listening.userinfo(theirs["access_token"]).status_code == 200


def test_one_session_is_told_of_once(app, listening, receiver, browser):
    for _ in range(3):
        sign_in_to(listening, browser)
    sessions.revoke(sessions.get(browser.session_id), by=OPERATOR)
    db.session.commit()

    leaving.once(app)

    assert len(receiver.got) == 1
    assert backchannel.waiting() == 0


def test_what_is_not_heard_is_said_again_later_and_in_the_end_given_up(app, listening, receiver, browser):
    sign_in_to(listening, browser)
    sessions.revoke(sessions.get(browser.session_id), by=OPERATOR)
    db.session.commit()
    receiver.answers = [500] * (len(backchannel.BACKOFF) + 1)
    at = now()

    for pause in [timedelta(), *backchannel.BACKOFF, timedelta(days=9)]:
        at += pause + timedelta(seconds=1)
        with time_machine.travel(at):
            leaving.once(app)

    db.session.expire_all()
    assert len(receiver.got) == len(backchannel.BACKOFF) + 1
    assert db.session.scalars(db.select(Grant.logout_answered)).one() == "HTTP 500"
    assert backchannel.waiting() == 0


def test_nobody_is_told_who_never_came_for_tokens_or_does_not_listen(app, listening, notes, receiver, browser):
    browser.get(listening.address())
    notes.row.backchannel_logout_uri = ""
    sign_in_to(notes, browser)
    sessions.revoke(sessions.get(browser.session_id), by=OPERATOR)
    db.session.commit()

    assert backchannel.waiting() == 0


def test_an_address_inside_our_network_is_not_asked(app, receiver, browser):
    closed = Application(app, Addresses([CALLBACK], (), receiver.url))
    sign_in_to(closed, browser)
    sessions.revoke(sessions.get(browser.session_id), by=OPERATOR)
    db.session.commit()

    leaving.once(app)

    assert receiver.got == []
    assert backchannel.waiting() == 1


def _sid(application, token):
    return application.read(token["id_token"]).claims["sid"]
