"""An owner sets up a second factor, rehearses the way back in, requires single sign-on, and comes in when the IdP is gone."""

import pyotp
import pytest

from portal.cli.demo_world import OWNER_EMAIL, PASSWORD
from portal.extensions import db
from portal.models import TotpSecret
from portal.organizations import organizations
from tests.factories import make_proven_connection

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

POLICY = "/organizations/acme/sign-in-policy"


@pytest.fixture
def acme(world):
    """Its single sign-on is live, and the configuration has passed a test."""
    with world.app_context():
        make_proven_connection(organizations.find("acme"))
        yield
        db.session.remove()


def set_up_app(visitor):
    visitor.open("/account/security").look("security-with-nothing")
    visitor.follow("Set up", exact=True)
    visitor.look("authenticator")
    visitor.page.get_by_text("Cannot scan it?").click()
    phone = pyotp.TOTP(visitor.page.locator("#totp-secret").input_value().replace(" ", ""))
    visitor.page.get_by_label("Code from the app").fill(phone.now())
    visitor.press("Set up", exact=True)
    visitor.look("recovery-codes")
    codes = visitor.page.locator("#recovery-codes").input_value().split()
    visitor.follow("I have kept them")
    visitor.look("security-with-app")
    return phone, codes


def wait_for_the_next_code():
    """As a person does, half a minute: here the secret forgets which step was used."""
    db.session.execute(db.update(TotpSecret).values(last_step=0))
    db.session.commit()


def second_step(visitor, code):
    visitor.look("second-step")
    visitor.page.get_by_label("Code").fill(code)
    visitor.press("Sign in", exact=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_sso_is_required_only_after_the_way_back_in_was_rehearsed(visit, acme, scripts):
    ada = sign_in_locally(visit(scripts=scripts))
    ada.open(POLICY).look("sign-in-policy-not-ready")
    assert ada.page.get_by_role("button", name="Require single sign-on").is_disabled()
    phone, codes = set_up_app(ada)

    ada.open(POLICY)
    ada.press("Make break-glass owner")
    ada.look("sign-in-policy-named")
    ada.follow("Rehearse now")
    wait_for_the_next_code()
    ada.page.get_by_label("Password").fill(PASSWORD)
    ada.press("Sign in", exact=True)
    second_step(ada, phone.now())
    ada.page.wait_for_url(f"**{POLICY}")
    ada.look("sign-in-policy-ready")
    ada.press("Require single sign-on")
    ada.look("sign-in-policy-required")
    assert "Everybody comes in through your identity provider" in ada.words

    later = sign_in_locally(visit(scripts=scripts))
    second_step(later, codes[0])
    later.open(POLICY).look("came-in-beside")
    assert "came in beside single sign-on" in later.words


def sign_in_locally(visitor):
    """By the address an owner is told to keep for the day the IdP fails."""
    visitor.open(f"/login/password?email={OWNER_EMAIL}")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Sign in", exact=True)
    return visitor


def test_the_pages_of_second_factors_are_fit_to_be_seen(visit, acme):
    ada = sign_in_locally(visit())
    ada.open("/account/security/passkeys/new").look("new-passkey")
    set_up_app(ada)
    ada.open("/prove?next=/account").look("proof")
    ada.open("/prove?next=/account&factor=1").look("proof-by-factor")
