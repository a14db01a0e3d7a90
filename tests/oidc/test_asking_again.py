"""When a person who is signed in is asked all the same, and which company they come for."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine

from portal.extensions import db
from portal.models.base import now
from portal.organizations import members
from portal.organizations.actors import OPERATOR
from tests.clients import text
from tests.factories import PASSWORD, add_member, make_connection, make_user
from tests.oidc.application import come_back, parameters, sign_in_to


def log_in(browser, answer, email="ada@acme.example"):
    """Type the password where the authorization endpoint sent the browser; returns where it is sent back to."""
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert browser.get(where).status_code == 200, "the form is shown although somebody is signed in"
    form = {"email": email, "password": PASSWORD, "next": parameters(where)["next"]}
    signed_in = browser.submit("/login/password", form, page=f"/login/password?email={email}")
    return signed_in.headers["Location"]


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "60"}])
def test_a_sign_in_that_is_too_old_is_made_anew(notes, browser, asked):
    with time_machine.travel(now() + timedelta(minutes=2)):
        back = log_in(browser, browser.get(notes.address(**asked)))
        page = browser.get(back)

    assert "url=https://app.example/callback?code=" in page.text


def test_coming_back_without_a_new_sign_in_is_told_to_the_application(notes, browser):
    with time_machine.travel(now() + timedelta(minutes=2)):
        back = parameters(browser.get(notes.address(prompt="login")).headers["Location"])["next"]

        page = browser.get(back)

    assert "error=login_required" in page.text


def test_a_sign_in_that_is_young_enough_counts(notes, browser):
    assert come_back(browser.get(notes.address(max_age="3600")))["code"]


def test_the_time_of_the_sign_in_is_told(notes, browser):
    claims = notes.read(sign_in_to(notes, browser, max_age="3600")["id_token"]).claims

    assert abs(claims["auth_time"] - now().timestamp()) < 30


def test_a_person_chooses_their_account(notes, browser):
    answer = browser.get(notes.address(prompt="select_account", login_hint="ada@acme.example"))
    page = browser.get(answer.headers["Location"])
    onward = page.text.partition('button-wide" href="')[2].partition('"')[0].replace("&amp;", "&")

    assert "Continue as Ada" in text(page)
    assert 'value="ada@acme.example"' in page.text
    assert "callback?code=" in browser.get(onward).text


def test_a_fresh_sign_in_is_asked_of_the_idp_too(notes, browser, acme):
    connection = make_connection(acme)

    where = browser.get(notes.address(prompt="login", organization="acme")).headers["Location"]

    assert urlsplit(where).path == f"/saml/{connection.id}/login"
    assert parameters(where)["anew"] == "1"
    assert b"ForceAuthn" in _question(browser.get(where))


def test_a_connection_names_its_organization(notes, browser, acme, globex, ada):
    add_member(globex, ada.user)
    ours, theirs = make_connection(acme), make_connection(globex)

    claims = notes.read(sign_in_to(notes, browser, connection=str(theirs.id))["id_token"]).claims
    mixed = come_back(browser.get(notes.address(connection=str(ours.id), organization="globex")))

    assert claims["org_slug"] == "globex"
    assert mixed["error"] == come_back(browser.get(notes.address(connection="nonsense")))["error"] == "access_denied"


def test_a_domain_names_the_organization_that_owns_it(notes, browser, globex, ada):
    add_member(globex, ada.user)

    claims = notes.read(sign_in_to(notes, browser, domain_hint="globex.example")["id_token"]).claims

    assert claims["org_slug"] == "globex"


def test_a_form_may_ask_as_well(notes, browser):
    path, _, query = notes.address().partition("?")

    answer = browser.post(path, data=parameters(f"?{query}"))

    assert answer.status_code == 303
    assert come_back(browser.get(answer.headers["Location"]))["code"]


def test_another_account_may_be_used(notes, browser, acme):
    make_user("bo@acme.example", password=PASSWORD)
    db.session.commit()

    back = log_in(browser, browser.get(notes.address(prompt="select_account")), "bo@acme.example")

    assert "code=" in browser.get(back).text


def test_a_person_without_the_organization_is_refused_again_after_their_return(notes, browser, acme, ada):
    add_member(acme, "bo@acme.example", role="owner")
    members.suspend(ada, by=OPERATOR)
    db.session.commit()

    assert come_back(browser.get(notes.address(organization="acme")))["error"] == "access_denied"


def _question(answer):
    import base64
    import zlib

    return zlib.decompress(base64.b64decode(parameters(answer.headers["Location"])["SAMLRequest"]), -15)
