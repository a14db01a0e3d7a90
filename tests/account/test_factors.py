"""Setting up what one shows besides a password, and proving it is oneself before something weighty."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine

from portal.extensions import db
from portal.models import Session
from portal.models.base import now
from portal.organizations import (
    breakglass,
    factors,
    one_time_codes,
    recovery_codes,
    tokens,
)
from portal.organizations.actors import OPERATOR
from tests.clients import csrf_token, soup, text
from tests.factories import (
    PASSWORD,
    add_member,
    make_connection,
    make_directory,
    make_user,
    member_of,
    set_up_authenticator,
)

ADA = "ada@acme.example"
SECURITY = "/account/security"
POLICY = "/organizations/acme/sign-in-policy"
STALE = timedelta(minutes=11)

WEIGHTY_PAGES = (f"{SECURITY}/passkeys/new", f"{SECURITY}/authenticator")
WEIGHTY = (
    (f"{SECURITY}/passkeys/options", SECURITY),
    (f"{SECURITY}/passkeys", SECURITY),
    (f"{SECURITY}/authenticator/removal", SECURITY),
    (f"{SECURITY}/recovery-codes", SECURITY),
    (f"{POLICY}/requirement", POLICY),
    (f"{POLICY}/offer", POLICY),
    (f"{POLICY}/second-factor", POLICY),
    (f"{POLICY}/break-glass-owners", POLICY),
    ("/organizations/acme/sign-in/links", "/organizations/acme/sign-in"),
    ("/organizations/acme/sign-in/sso/suspension", "/organizations/acme/sign-in"),
    ("/organizations/acme/sign-in/sso/return", "/organizations/acme/sign-in"),
    ("/organizations/acme/sign-in/scim/tokens", "/organizations/acme/sign-in"),
    ("/organizations/acme/sign-in/scim/clients", "/organizations/acme/sign-in"),
)


@pytest.fixture
def user(acme):
    return member_of(acme, ADA).user


@pytest.fixture
def ada(client, user, sign_in):
    sign_in(client, user)
    return client


@pytest.fixture
def stale(ada):
    """Ada signed in eleven minutes ago."""
    with time_machine.travel(now() + STALE, tick=False):
        yield ada


def set_up(client):
    """What a person does with the page: type its secret into an app, and the app's code into the page."""
    page = client.get(f"{SECURITY}/authenticator")
    secret = soup(page).find(id="totp-secret")["value"].replace(" ", "")
    sealed = soup(page).find("input", attrs={"name": "sealed"})["value"]
    form = {"csrf_token": csrf_token(page), "sealed": sealed, "code": pyotp.TOTP(secret).at(now())}
    return client.post(f"{SECURITY}/authenticator", data=form), secret


def test_an_app_is_set_up_by_its_code_and_recovery_codes_are_shown_once(ada, user):
    answer, _ = set_up(ada)

    codes = soup(answer).find(id="recovery-codes").get_text().split()
    assert len(codes) == recovery_codes.left(user) == 10
    assert answer.headers["Cache-Control"] == "no-store"
    assert all(code in soup(answer).find("a", download=True)["href"] for code in codes)
    assert not any(code in ada.get(SECURITY).text for code in codes)


def test_a_wrong_code_keeps_the_same_secret_on_the_page(ada, user):
    page = ada.get(f"{SECURITY}/authenticator")
    sealed = soup(page).find("input", attrs={"name": "sealed"})["value"]

    answer = ada.post(
        f"{SECURITY}/authenticator", data={"csrf_token": csrf_token(page), "sealed": sealed, "code": "000000"}
    )

    assert answer.status_code == 422
    assert soup(answer).find(id="totp-secret")["value"] == soup(page).find(id="totp-secret")["value"]
    assert one_time_codes.of(user) is None


def test_looking_at_the_set_up_page_keeps_nothing(ada, user):
    ada.get(f"{SECURITY}/authenticator")

    assert one_time_codes.of(user) is None


def test_the_picture_is_one_the_content_policy_lets_through(ada):
    picture = soup(ada.get(f"{SECURITY}/authenticator")).find("svg", class_="qr")

    assert picture.find("path")
    assert not [tag for tag in picture.find_all(True) if tag.get("style")]


def test_the_app_is_removed_and_other_browsers_end_as_chosen(ada, app, user, sign_in):
    set_up_authenticator(user)
    other = sign_in(app.test_client(), user)

    ada.submit(f"{SECURITY}/authenticator/removal", {"ends_others": "y"}, page=SECURITY)

    assert one_time_codes.of(user) is None
    assert db.session.get(Session, other).revoked_at


def test_the_password_is_changed_and_other_browsers_stay_as_chosen(ada, app, user, sign_in):
    other = sign_in(app.test_client(), user)

    ada.submit(f"{SECURITY}/password", {"present": PASSWORD, "password": "another long one"}, page=SECURITY)

    assert db.session.get(Session, other).revoked_at is None


@pytest.mark.parametrize("address", WEIGHTY_PAGES)
def test_a_weighty_page_asks_who_it_is_and_comes_back(stale, user, address):
    asked = stale.get(address)
    proved = stale.submit("/prove/password", {"password": PASSWORD, "next": address}, page=asked.location)

    assert asked.location == f"/prove?next={address}"
    assert proved.location == address
    assert stale.get(address).status_code == 200


@pytest.mark.parametrize(("address", "page"), WEIGHTY)
def test_every_weighty_deed_asks_who_it_is(stale, acme, user, address, page):
    make_connection(acme)
    directory = make_directory(acme)
    set_up_authenticator(user)

    answer = stale.submit(address, page=page, headers={"Referer": f"http://localhost:8080{page}"})

    assert (answer.status_code, answer.location) == (303, f"/prove?next={page}")
    assert not tokens.listed(directory)
    assert one_time_codes.of(user)


def test_htmx_is_led_to_the_proof_as_a_page(stale):
    answer = stale.submit(
        f"{POLICY}/offer",
        page=POLICY,
        headers={"HX-Request": "true", "HX-Current-URL": f"http://localhost:8080{POLICY}"},
    )

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/prove?next={POLICY}")


def test_a_wrong_password_proves_nothing(stale):
    page = stale.submit("/prove/password", {"password": "wrong"}, page="/prove")

    assert page.status_code == 422
    assert "not your password" in text(page)
    assert stale.get(f"{SECURITY}/authenticator").status_code == 303


def test_a_code_proves_it_and_counts_as_second_factor(stale, user):
    phone = set_up_authenticator(user)
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        answer = stale.submit("/prove/code", {"code": phone.at(now()), "next": SECURITY}, page="/prove")

    assert answer.location == SECURITY
    assert db.session.scalars(db.select(Session)).one().second_factor


def test_support_staff_show_a_second_factor_where_that_is_set(make_app):
    app = make_app(staff_second_factor=True)
    with app.app_context():
        sam = make_user("sam@support.example", staff=True, password=PASSWORD)
        db.session.commit()
        client = app.test_client()
        client.submit("/login/password", {"email": sam.email, "password": PASSWORD}, page="/login")
        refused = client.get("/staff")
        set_up(client)

        assert refused.location == SECURITY
        assert client.get("/staff").status_code == 200


def test_an_owner_is_named_rehearses_by_signing_in_and_sso_is_required(ada, acme, user):
    owner = member_of(acme, ADA)
    phone = set_up_authenticator(user)
    ada.submit(f"{POLICY}/break-glass-owners", {"membership": owner.id}, page=POLICY)
    page = ada.get(POLICY)
    way = soup(page).find("a", string=re.compile("Rehearse now"))["href"]

    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        ada.submit("/login/password", {"email": ADA, "password": PASSWORD, "next": POLICY}, page=way)
        back = ada.submit("/login/second-step", {"code": phone.at(now())})

    assert back.location == POLICY
    assert "Rehearsed just now with password and code" in text(ada.get(POLICY)) or breakglass.is_ready(acme)


def test_the_policy_page_counts_whom_it_concerns(ada, acme):
    make_connection(acme)
    add_member(acme, "grace@acme.example")

    page = text(ada.get(POLICY))

    assert "2 of 2 members have never come in through your identity provider" in page
    assert "Its present configuration has not passed a test sign-in" in page
    assert "2 of 2 members have none yet" in page


def test_a_break_glass_owner_of_another_organization_is_not_named_here(ada, globex):
    hank = member_of(globex, "hank@globex.example")

    answer = ada.submit(f"{POLICY}/break-glass-owners", {"membership": hank.id}, page=POLICY)

    assert answer.status_code == 404
    assert not breakglass.listed(globex)


def test_asking_for_a_second_factor_is_switched(ada, acme):
    ada.submit(f"{POLICY}/second-factor", {"required": "y"}, page=POLICY)

    assert acme.second_factor_required


def test_whoever_lost_everything_starts_afresh_by_the_operator(app, user):
    set_up_authenticator(user)
    recovery_codes.make(user, by=OPERATOR)
    db.session.commit()

    result = app.test_cli_runner().invoke(args=["user", "forget-factors", ADA])

    assert result.exit_code == 0
    assert factors.held(user) == factors.Held(0, False, 0)


def test_the_operator_makes_sso_an_offer_again(app, acme):
    from portal.models import SignInPolicy

    acme.sign_in_policy = SignInPolicy.REQUIRE
    db.session.commit()

    app.test_cli_runner().invoke(args=["org", "offer-sso", "acme"])

    db.session.expire_all()
    assert acme.sign_in_policy is SignInPolicy.OFFER
