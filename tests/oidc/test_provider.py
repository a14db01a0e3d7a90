"""People sign in to the application through us, as Authlib's own client sees it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
import time_machine

from portal.extensions import db
from portal.models import Grant, RefreshToken, SigningKey, SignInPolicy
from portal.models.base import now
from portal.organizations import applications, members, sessions, signing_keys
from portal.organizations.actors import OPERATOR
from portal.organizations.applications import Addresses
from portal.organizations.refusals import BadAddress
from tests.conftest import PUBLIC_URL
from tests.factories import add_member, make_connection
from tests.oidc.application import CALLBACK, Application, come_back, sign_in_to


def test_a_person_signs_in_with_organization_and_roles(notes, browser, acme, ada):
    token = sign_in_to(notes, browser)
    identity = notes.read(token["id_token"]).claims
    access = notes.read(token["access_token"])

    assert (identity["iss"], identity["aud"], identity["nonce"]) == (PUBLIC_URL, notes.id, "n-1")
    assert (identity["sub"], identity["email"]) == (str(ada.user_id), "ada@acme.example")
    assert (identity["org_id"], identity["org_slug"], identity["roles"]) == (str(acme.id), "acme", ["owner"])
    assert [one["org_slug"] for one in identity["organizations"]] == ["acme"]
    assert access.header["typ"] == "at+jwt"
    assert access.claims["exp"] - access.claims["iat"] == token["expires_in"] == 300
    assert notes.userinfo(token["access_token"]).get_json()["permissions"] == identity["permissions"]
    assert notes.userinfo(token["id_token"]).status_code == 401


def test_discovery_says_where_everything_is(app, client):
    found = client.get("/.well-known/openid-configuration").get_json()

    assert found["issuer"] == PUBLIC_URL
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        path = found[name].removeprefix(PUBLIC_URL)
        assert any(rule.rule == path for rule in app.url_map.iter_rules())
    keys = client.get("/.well-known/jwks.json").get_json()["keys"]
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]]


def test_somebody_who_is_not_signed_in_signs_in_first_and_comes_back(app, notes, ada):
    browser = app.test_client()
    answer = browser.get(notes.address())
    assert answer.status_code == 303
    back = parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]
    form = {"email": "ada@acme.example", "password": "correct horse battery", "next": back}

    signed_in = browser.submit("/login/password", form, page="/login/password?email=ada@acme.example")
    page = browser.get(signed_in.headers["Location"])

    assert signed_in.headers["Location"] == back
    assert f'<meta http-equiv="refresh" content="0; url={CALLBACK}?code=' in page.text
    assert come_back(browser.get(notes.address(prompt="none")))["code"]


def test_an_organization_with_single_sign_on_leads_straight_to_its_idp(app, notes, acme):
    connection = make_connection(acme)
    for hint in ({"organization": "acme"}, {"login_hint": "bo@acme.example"}, {"domain_hint": "acme.example"}):
        answer = app.test_client().get(notes.address(**hint))

        assert urlsplit(answer.headers["Location"]).path == f"/saml/{connection.id}/login"


def test_another_organization_is_a_new_token_and_no_new_sign_in(notes, browser, acme, globex, ada):
    add_member(globex, ada.user, role="admin")

    assert "org_id" not in notes.read(sign_in_to(notes, browser)["id_token"]).claims
    for organization, role in ((acme, "owner"), (globex, "admin")):
        claims = notes.read(
            sign_in_to(notes, browser, organization=organization.slug, prompt="none")["id_token"]
        ).claims
        assert (claims["org_id"], claims["roles"]) == (str(organization.id), [role])


def require_sso(organization):
    organization.sign_in_policy = SignInPolicy.REQUIRE
    db.session.commit()
    return make_connection(organization)


def test_where_the_idp_is_required_a_local_session_is_led_to_it(notes, browser, acme, ada):
    connection = require_sso(acme)

    led = browser.get(notes.address(organization="acme"))
    silent = come_back(browser.get(notes.address(organization="acme", prompt="none")))

    assert urlsplit(led.location).path == f"/saml/{connection.id}/login"
    assert silent["error"] == "login_required"


def test_requiring_the_idp_ends_what_local_sessions_were_given(notes, browser, acme, ada):
    token = sign_in_to(notes, browser, organization="acme")

    require_sso(acme)

    assert notes.userinfo(token["access_token"]).status_code == 401
    assert notes.refresh(token["refresh_token"]).status_code == 400


def test_where_a_second_factor_is_asked_for_the_person_sets_one_up(notes, browser, acme, ada):
    acme.second_factor_required = True
    db.session.commit()

    assert browser.get(notes.address(organization="acme")).location == "/account/security"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"organization": "globex"}, "access_denied"),
        ({"organization": "nobody"}, "access_denied"),
        ({"max_age": "0", "prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://app.example/request"}, "request_uri_not_supported"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_the_application_is_told_what_was_refused(notes, browser, globex, asked, error):
    with time_machine.travel(now() + timedelta(seconds=5)):
        assert come_back(browser.get(notes.address(**asked)))["error"] == error


def test_prompt_none_shows_no_page(app, notes):
    assert come_back(app.test_client().get(notes.address(prompt="none")))["error"] == "login_required"


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": f"{CALLBACK}/more"},
        {"client_id": "00000000-0000-0000-0000-000000000000"},
        {"client_id": "nobody"},
    ],
)
def test_nobody_is_sent_to_an_address_that_was_not_registered(notes, browser, wrong):
    path, _, query = notes.address().partition("?")
    asked = {name: values[0] for name, values in parse_qs(query).items()} | wrong

    assert browser.get(path, query_string=asked).status_code == 400


@pytest.mark.parametrize("public", [False, True])
def test_every_client_proves_that_it_asked(app, browser, public):
    notes = Application(app, public=public)
    path, _, query = notes.address().partition("?")
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    without = {name: value for name, value in asked.items() if not name.startswith("code_challenge")}

    assert come_back(browser.get(path, query_string=without))["error"] == "invalid_request"
    plain = asked | {"code_challenge_method": "plain"}
    assert come_back(browser.get(path, query_string=plain))["error"] == "invalid_request"
    code = come_back(browser.get(path, query_string=asked))["code"]
    assert notes.redeem(code, code_verifier="x" * 43).get_json()["error"] == "invalid_grant"
    assert notes.redeem(code, code_verifier="").status_code == 400
    assert notes.redeem(code).status_code == 200


def test_a_secret_is_needed_where_there_is_one(app, notes, browser):
    code = come_back(browser.get(notes.address()))["code"]
    other = Application(app)

    assert other.redeem(code).get_json()["error"] == "invalid_grant"
    notes.secret = "vsc_wrong"
    assert notes.redeem(code).get_json()["error"] == "invalid_client"
    notes.secret = ""
    assert notes.redeem(code).get_json()["error"] == "invalid_client"


def test_a_code_is_used_once_and_its_second_use_ends_everything(notes, browser):
    code = come_back(browser.get(notes.address()))["code"]
    token = notes.redeem(code).get_json()

    assert notes.redeem(code).get_json()["error"] == "invalid_grant"
    assert notes.refresh(token["refresh_token"]).status_code == 400
    assert notes.userinfo(token["access_token"]).status_code == 401


def test_a_code_is_old_after_a_minute(notes, browser):
    code = come_back(browser.get(notes.address()))["code"]

    with time_machine.travel(now() + timedelta(seconds=61)):
        assert notes.redeem(code).get_json()["error"] == "invalid_grant"


def test_refresh_tokens_rotate_and_a_stolen_one_ends_everything(notes, browser):
    first = sign_in_to(notes, browser)
    second = notes.refresh(first["refresh_token"]).get_json()

    assert second["refresh_token"] != first["refresh_token"]
    assert notes.userinfo(second["access_token"]).status_code == 200
    with time_machine.travel(now() + timedelta(seconds=11)):
        assert notes.refresh(first["refresh_token"]).get_json()["error"] == "invalid_grant"
        assert notes.refresh(second["refresh_token"]).get_json()["error"] == "invalid_grant"
        assert notes.userinfo(second["access_token"]).status_code == 401


def test_requests_made_at_once_may_use_one_refresh_token(notes, browser):
    first = sign_in_to(notes, browser)

    answers = [notes.refresh(first["refresh_token"]) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert notes.userinfo(answers[0].get_json()["access_token"]).status_code == 200


@pytest.mark.parametrize("end", ["session", "member"])
def test_tokens_end_with_the_session_and_with_the_membership(notes, browser, acme, ada, end):
    add_member(acme, "bo@acme.example", role="owner")
    token = sign_in_to(notes, browser)
    if end == "session":
        sessions.revoke(sessions.get(browser.session_id), by=OPERATOR)
    else:
        members.suspend(ada, by=OPERATOR)
    db.session.commit()

    assert notes.refresh(token["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert notes.userinfo(token["access_token"]).status_code == 401
    members.restore(ada, by=OPERATOR)
    db.session.commit()
    assert notes.userinfo(token["access_token"]).status_code == 401, "coming back revived it"


def test_an_access_token_is_old_after_five_minutes(notes, browser):
    token = sign_in_to(notes, browser)

    with time_machine.travel(now() + timedelta(minutes=5, seconds=1)):
        assert notes.userinfo(token["access_token"]).status_code == 401
        assert notes.refresh(token["refresh_token"]).status_code == 200


def test_nothing_that_opens_a_door_is_kept_as_it_is(notes, browser):
    code = come_back(browser.get(notes.address()))["code"]
    token = notes.redeem(code).get_json()
    kept = str([dict(row) for model in (Grant, RefreshToken, SigningKey) for row in _rows(model)])

    assert not [secret for secret in (code, token["refresh_token"], token["access_token"], '"d":') if secret in kept]


def test_keys_follow_each_other_without_a_gap(notes, browser):
    before = sign_in_to(notes, browser)
    signing_keys.rotate(by=OPERATOR)
    db.session.commit()
    assert notes.read(sign_in_to(notes, browser)["id_token"]).header == notes.read(before["id_token"]).header

    with time_machine.travel(now() + timedelta(days=1, minutes=1)):
        after = sign_in_to(notes, browser)
        assert notes.read(after["id_token"]).header["kid"] != notes.read(before["id_token"]).header["kid"]
    with time_machine.travel(now() + timedelta(days=2, minutes=2)):
        assert len(notes.http.get("/.well-known/jwks.json").get_json()["keys"]) == 1


@pytest.mark.parametrize(
    "uri", ["http://app.example/cb", "https://app.example/#x", "javascript:alert(1)", "app", "https://"]
)
def test_an_address_that_is_not_safe_is_not_registered(app, uri):
    for addresses in (Addresses([uri]), Addresses([CALLBACK], [uri]), Addresses([CALLBACK], (), uri)):
        with pytest.raises(BadAddress, match="https"):
            applications.create("Notes", addresses, by=OPERATOR)


def _rows(model):
    return db.session.execute(sa.select(model.__table__)).mappings()
