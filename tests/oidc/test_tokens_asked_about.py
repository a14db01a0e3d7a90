"""Introspection (RFC 7662), revocation (RFC 7009), userinfo, and who may ask."""

from datetime import timedelta

import pytest
import time_machine

from portal.extensions import db
from portal.models.base import now
from portal.organizations import applications, members
from portal.organizations.actors import OPERATOR
from tests.factories import add_member
from tests.oidc.application import Application, come_back, sign_in_to


def test_a_client_asks_about_its_own_tokens(notes, browser, acme, ada):
    token = sign_in_to(notes, browser)

    access = notes.introspect(token["access_token"]).get_json()
    refresh = notes.introspect(token["refresh_token"], token_type_hint="access_token").get_json()

    assert access["active"] is refresh["active"] is True
    assert (access["sub"], access["client_id"], access["org_id"]) == (str(ada.user_id), notes.id, str(acme.id))
    assert access["token_type"] == "Bearer"
    assert access["exp"] > now().timestamp()
    assert notes.refresh(token["refresh_token"]).status_code == 200, "asking used the token up"


def test_of_what_is_not_its_own_or_has_ended_it_learns_nothing(app, notes, browser, acme, ada):
    add_member(acme, "bo@acme.example", role="owner")
    other, token = Application(app), sign_in_to(notes, browser)
    rotated = notes.refresh(token["refresh_token"]).get_json()

    for client, secret in ((other, token["access_token"]), (notes, "nonsense"), (notes, token["refresh_token"])):
        assert client.introspect(secret).get_json() == {"active": False}
    members.suspend(ada, by=OPERATOR)
    for secret in (rotated["access_token"], rotated["refresh_token"]):
        assert notes.introspect(secret).get_json() == {"active": False}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_revoked_token_ends_the_whole_sign_in(notes, browser, kind):
    token = sign_in_to(notes, browser)

    assert notes.revoke(token[kind]).status_code == 200
    assert notes.userinfo(token["access_token"]).status_code == 401
    assert notes.refresh(token["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_revoking_what_is_unknown_succeeds_and_what_is_anothers_does_nothing(app, notes, browser):
    other, token = Application(app), sign_in_to(notes, browser)

    assert notes.revoke("nonsense").status_code == 200
    assert notes.revoke("nonsense", token_type_hint="id_token").get_json()["error"] == "unsupported_token_type"
    assert other.revoke(token["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert notes.userinfo(token["access_token"]).status_code == 200


def test_a_public_client_revokes_and_does_not_introspect(app, browser):
    public = Application(app, public=True)
    token = sign_in_to(public, browser)

    assert public.introspect(token["access_token"]).get_json()["error"] == "invalid_client"
    assert public.revoke(token["refresh_token"]).status_code == 200
    assert public.userinfo(token["access_token"]).status_code == 401


def test_userinfo_takes_the_token_in_a_form(notes, browser, ada):
    token = sign_in_to(notes, browser)["access_token"]

    answer = notes.http.post("/oidc/userinfo", data={"access_token": token})

    assert answer.get_json()["sub"] == str(ada.user_id)
    assert notes.http.post("/oidc/userinfo").headers["WWW-Authenticate"].startswith("Bearer")


def test_both_secrets_count_for_a_week(notes, browser):
    former = notes.secret
    secret = applications.rotate_secret(notes.row, by=OPERATOR)
    db.session.commit()

    for notes.secret in (former, secret):
        assert sign_in_to(notes, browser)
    code = come_back(browser.get(notes.address()))["code"]
    with time_machine.travel(now() + timedelta(days=7, seconds=1)):
        notes.secret = former
        assert notes.redeem(code).get_json()["error"] == "invalid_client"
    applications.end_former_secret(notes.row, by=OPERATOR)
    db.session.commit()
    assert notes.redeem(code).get_json()["error"] == "invalid_client"


def test_whoever_tries_secrets_is_slowed_down(make_app, acme, ada, sign_in):
    app = make_app(sign_in_rate=3)
    with app.app_context():
        notes = Application(app)
        right, notes.secret = notes.secret, "vsc_wrong"
        with time_machine.travel(now(), tick=False):
            tried = [notes.introspect("x").status_code for _ in range(4)]
            notes.secret = right
            answer = notes.introspect("x")

    assert tried[-1] == answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
