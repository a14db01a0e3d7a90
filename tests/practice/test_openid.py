"""The practice IdP as an OpenID provider, over real HTTP, against our own door: guide, test, sign-in, sign-out."""

import httpx
import pytest

from portal.extensions import db
from portal.models import Session
from portal.practice import tenants
from portal.practice.openid import Provider
from portal.practice.personalities import ENTRA, OKTA
from portal.relying_party import discovery
from tests.clients import soup
from tests.factories import make_connection, make_organization
from tests.practice.fixtures import make_tenant


@pytest.fixture(params=[OKTA, ENTRA], ids=lambda one: one.id)
def practice(live, request):
    return make_tenant(request.param)


@pytest.fixture
def provider(live, practice):
    with live.test_request_context():
        return Provider(practice)


@pytest.fixture
def connection(live, practice, provider):
    """Both sides know each other, as the guide leaves them."""
    organization = make_organization("Acme", domain="acme.example", owner="ada@acme.example")
    reading = discovery.read(provider.shown_issuer)
    assert reading.provider, reading.findings
    found = reading.provider.configuration(provider.client_id, provider.client_secret)
    made = make_connection(organization, found, idp=practice.personality.guide)
    practice.cast.app.redirect_uri = made.callback_url
    tenants.save(practice)
    made.single_logout = True
    db.session.commit()
    urls = made.login_url, made.id
    db.session.rollback()
    return urls


@pytest.fixture
def browser():
    with httpx.Client(follow_redirects=True, timeout=30) as client:
        yield client


def press(browser, page, button, **values):
    """The form with this button, as the page filled it."""
    form = next(form for form in soup_of(page).find_all("form") if button in form.get_text())
    fields = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
    return browser.post(str(page.url.join(form["action"])), data=fields | values)


def soup_of(page):
    page.data = page.content
    return soup(page)


def signed_in():
    db.session.rollback()
    rows = db.session.scalars(
        db.select(Session).where(Session.connection_id.is_not(None), Session.revoked_at.is_(None))
    )
    found = [row.user.email for row in rows]
    db.session.rollback()  # the server needs the database now
    return found


def test_somebody_signs_in_and_out(browser, connection):
    login_url, _ = connection

    choice = browser.get(login_url)
    account = press(browser, choice, "Sign in as Grace Hopper")
    there = signed_in()
    out = press(browser, account, "Sign out")

    assert there == ["grace@acme.example"]
    assert "You are signed out" in out.text
    assert signed_in() == []


@pytest.mark.parametrize("change", [{"active": False}, {"assigned": False}])
def test_whoever_may_not_use_the_application_is_told_so_as_the_vendor_does(browser, practice, connection, change):
    practice = tenants.find(practice.id)
    for name, value in change.items():
        setattr(practice.cast.named("grace@acme.example"), name, value)
    tenants.save(practice)
    db.session.commit()

    answer = press(browser, browser.get(connection[0]), "Sign in as Grace Hopper")

    assert (answer.status_code, practice.personality.refusals.not_assigned in soup_of(answer).get_text()) == (403, True)


def test_the_guide_is_walked_with_openid_connect(live, practice, provider, browser):
    """From the question which protocol to the passed test, with what the console of the practice IdP shows."""
    company = make_organization("Acme", domain="acme.example", owner="ada@acme.example")
    base, guide = live.config["SETTINGS"].public_url, practice.personality.guide
    db.session.rollback()
    page = press(browser, browser.get(f"{base}/login"), "Continue", email="ada@acme.example")
    press(browser, page, "Sign in", password="correct horse battery")
    step = press(browser, browser.get(f"{base}/setup/acme/sso"), "Continue", idp=guide)
    run = str(step.url).rpartition("/")[0]

    press(browser, browser.get(f"{run}/protocol"), "Continue", choice="oidc")
    values = browser.get(f"{run}/{'our-addresses' if guide == 'okta' else 'register-app'}")
    callback = soup_of(values).find("input", attrs={"readonly": True})["value"]
    console = press(browser, browser.get(f"{base}/practice/{practice.id}"), "Save the address", redirect_uri=callback)
    shown = {
        name: soup_of(console).find(id=f"openid-{name}")["value"] for name in ("issuer", "client-id", "client-secret")
    }
    client = browser.get(f"{run}/client")
    brought = press(
        browser, client, "Continue", issuer=shown["issuer"], client_id=shown["client-id"],
        client_secret=shown["client-secret"],
    )  # fmt: skip
    report = press(browser, press(browser, browser.get(f"{run}/test"), "Test a sign-in"), "Sign in as Ada Lovelace")
    mapped = press(browser, browser.get(f"{run}/map"), "Save and continue", email="email")
    live_now = press(browser, mapped, "Switch sign-in on")

    assert brought.status_code == 200, brought.text
    assert "The test passed" in report.text
    assert "is live" in live_now.text, live_now.text
    assert shown["client-secret"] not in browser.get(f"{run}/client").text
    assert company.slug == "acme"
