"""One company goes from nothing to provisioned, in a real browser: with JavaScript, and without."""

import re

import pytest

from portal.cli.demo_world import OWNER_EMAIL, PASSWORD, STAFF_EMAIL

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def sign_in(visitor, email):
    visitor.open("/login").look("login")
    visitor.page.get_by_label("Work e-mail").fill(email)
    visitor.press("Continue", exact=True)
    visitor.look("password")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Sign in", exact=True)


def walk_to(visitor, step, flow):
    """Press Continue until this step of the guide stands there, looking at each on the way."""
    for _ in range(30):
        here = visitor.page.url.rpartition("/")[2].partition("?")[0]
        visitor.look(f"{flow}-{here}")
        if here == step:
            return
        before = visitor.page.url
        visitor.page.locator(f'form[action$="/{here}"] button').last.click()
        visitor.page.wait_for_url(lambda url, before=before: url != before)
    raise AssertionError(f"never came to {step}, but to {visitor.page.url}")


def copied(visitor, label):
    return visitor.page.get_by_role("textbox", name=label, exact=True).first.input_value()


@pytest.mark.parametrize(("idp", "scripts"), [("okta", True), ("okta", False), ("entra", True), ("onelogin", False)])
def test_a_company_is_connected_and_its_people_come_and_go(visit, practises, idp, scripts):
    personality = practises(idp)
    labels = personality.labels
    ada = visit(scripts=scripts)
    sign_in(ada, OWNER_EMAIL)
    assert ada.page.url.endswith("/account")
    ada.open("/organizations/acme/sign-in").look("sign-in-tab-empty")

    console = connect_sign_on(ada, personality)
    provision(ada, personality, console)

    members = ada.open("/organizations/acme/members")
    members.look("members")
    assert "grace@acme.example" in members.words
    ada.open("/organizations/acme/sign-in").look("sign-in-tab-live")

    grace = visit(scripts=scripts)
    come_in(grace, "grace@acme.example", "Grace Hopper")
    assert grace.page.url.endswith("/account")

    ada.open(f"{console}/people")
    ada.press(f"{labels.deactivate} Grace Hopper")
    grace.open("/account")
    assert "/login" in grace.page.url
    ada.open("/organizations/acme/activity").look("activity")
    assert "Grace Hopper was suspended" in ada.words


def connect_sign_on(ada, personality):
    console = come_to_the_test(ada, personality)
    try_sign_in(ada)
    walk_to(ada, "go-live", f"{personality.id}-sso")
    ada.press("Switch sign-in on")
    return console


def come_to_the_test(ada, personality):
    """Both sides know each other; returns the address of the IdP's console."""
    labels = personality.labels
    ada.open("/setup/acme/sso").look(f"choose-{personality.id}")
    ada.page.locator(f'input[value="{personality.guide}"]').check()
    ada.press("Continue", exact=True)
    ada.page.wait_for_url("**/setup/run/**")
    walk_to(ada, "our-values", f"{personality.id}-sso")
    acs, entity, guide = copied(ada, labels.acs_url), copied(ada, labels.entity_id), ada.page.url

    ada.open("/practice").look("practice")
    ada.follow(f"Open its console (Acme, {personality.name})")
    console = ada.page.url
    ada.look(f"practice-{personality.id}")
    ada.page.locator('[name="acs_url"]').fill(acs)
    ada.page.locator('[name="entity_id"]').fill(entity)
    ada.press("Save", exact=True)
    metadata = copied(ada, labels.metadata_url)

    ada.open(guide)
    walk_to(ada, "metadata", f"{personality.id}-sso")
    ada.page.locator('[name="source"]').fill(metadata)
    walk_to(ada, "test", f"{personality.id}-sso")
    return console


def try_sign_in(ada, said="The test passed"):
    """The test opens at the IdP in a tab of its own."""
    with ada.context.expect_page() as opened:
        ada.page.get_by_role("button", name=re.compile("Test a sign-in|Test again")).first.click()
    tab = opened.value
    tab.get_by_role("button", name="Sign in as Ada Lovelace").click()
    if not ada.scripts:
        tab.get_by_role("button", name="Continue").click()
    tab.get_by_role("heading", name=said).wait_for()
    tab.close()
    ada.page.reload()
    ada.look(f"sso-{said.lower().replace(' ', '-')}")


def provision(ada, personality, console):
    labels = personality.labels
    ada.open("/setup/acme/scim")
    ada.page.locator(f'input[value="{personality.guide}"]').check()
    ada.press("Continue", exact=True)
    ada.page.wait_for_url("**/setup/run/**")
    walk_to(ada, "connect", f"{personality.id}-scim")
    base_url, guide = copied(ada, labels.base_url), ada.page.url
    ada.press("Create token")
    token = copied(ada, labels.token)

    ada.open(f"{console}/provisioning").look(f"practice-{personality.id}-provisioning")
    ada.page.locator('[name="base_url"]').fill(base_url)
    ada.page.locator('[name="token"]').fill(token)
    ada.press(labels.test)
    ada.press(labels.push_all)
    ada.press(labels.push_groups)

    ada.open(guide)
    walk_to(ada, "preview", f"{personality.id}-scim")
    assert "Grace Hopper" in ada.words
    walk_to(ada, "turn-on", f"{personality.id}-scim")
    ada.press("Switch syncing on")


def come_in(visitor, email, name):
    visitor.open("/login")
    visitor.page.get_by_label("Work e-mail").fill(email)
    visitor.press("Continue", exact=True)
    visitor.page.get_by_role("button", name=f"Sign in as {name}").click()
    if not visitor.scripts:
        visitor.press("Continue")
    visitor.page.wait_for_url("**/account")


def test_every_other_page_is_fit_to_be_seen(visit):
    ada = visit()
    sign_in(ada, OWNER_EMAIL)
    for name, path in {
        "sso": "/sso", "profile": "/account", "security": "/account/security", "organizations": "/account/organizations",
        "members-alone": "/organizations/acme/members", "domains": "/organizations/acme/domains", "not-found": "/nothing",
    }.items():  # fmt: skip
        ada.open(path).look(name)
    ada.open("/organizations/acme/members")
    ada.follow("Manage Ada Lovelace")
    ada.look("member")

    sam = visit()
    sign_in(sam, STAFF_EMAIL)
    sam.open("/staff").look("staff")
    sam.follow("Acme")
    sam.look("staff-organization")
