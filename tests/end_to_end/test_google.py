"""A company on Google Workspace, in a real browser: its directory is read, looked at, and in force; mistakes are told."""

import pytest

from portal.cli.demo_world import OWNER_EMAIL
from portal.practice.others import GOOGLE
from tests.end_to_end.test_the_whole_story import come_in, copied, sign_in, try_sign_in, walk_to

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_company_on_google_is_read_and_its_people_come_and_go(visit, tmp_path, scripts):
    ada = visit(scripts=scripts)
    sign_in(ada, OWNER_EMAIL)
    console = connect_sign_on(ada)
    bring_over(ada, console, tmp_path)

    ada.open("/organizations/acme/sign-in").look("google-settings")
    grace = visit(scripts=scripts)
    come_in(grace, "grace@acme.example", "Grace Hopper")
    ada.open(f"{console}/people")
    ada.press("Suspend Grace Hopper")
    pull_again(ada)

    grace.open("/account")
    assert "/login" in grace.page.url


def connect_sign_on(ada):
    ada.open("/setup/acme/sso").look("choose-google")
    ada.page.locator('input[value="google"]').check()
    ada.press("Continue", exact=True)
    walk_to(ada, "metadata", "google-sso")
    guide = ada.page.url
    ada.open("/practice")
    ada.follow("Open its console (Acme, Google Workspace)")
    console = ada.page.url
    metadata = copied(ada, GOOGLE.labels.metadata_url)
    ada.open(guide)
    ada.page.locator('[name="source"]').fill(metadata)
    walk_to(ada, "our-values", "google-sso")
    acs, entity, guide = copied(ada, GOOGLE.labels.acs_url), copied(ada, GOOGLE.labels.entity_id), ada.page.url
    ada.open(console).page.locator('[name="acs_url"]').fill(acs)
    ada.page.locator('[name="entity_id"]').fill(entity)
    ada.press("Save", exact=True)
    ada.open(guide)
    walk_to(ada, "test", "google-sso")
    try_sign_in(ada)
    walk_to(ada, "go-live", "google-sso")
    ada.press("Switch sign-in on")
    ada.look("google-sso-live")
    return console


def bring_over(ada, console, tmp_path):
    ada.open("/setup/acme/scim")
    ada.page.locator('input[value="google"]').check()
    ada.press("Continue", exact=True)
    walk_to(ada, "key", "google-pull")
    hand_over_key(ada, console, tmp_path)
    walk_to(ada, "delegation", "google-pull")
    client_id, scopes, guide = copied(ada, "Client ID"), copied(ada, "OAuth scopes (comma-delimited)"), ada.page.url
    name_too_early(ada, guide)
    ada.open(f"{console}/provisioning").look("practice-google-provisioning")
    ada.page.locator('[name="client_id"]').fill(client_id)
    ada.page.locator('[name="scopes"]').fill(scopes)
    ada.press("Authorize")
    ada.open(guide.replace("delegation", "admin"))
    ada.page.get_by_label("Administrator’s e-mail address").fill(OWNER_EMAIL)
    if ada.scripts:
        ada.page.get_by_text("It works. The first 5 names").wait_for()
        ada.look("google-pull-admin-tried")
    ada.press("Try it and continue")
    choose_who(ada)
    walk_to(ada, "turn-on", "google-pull")
    ada.press("Switch syncing on")
    ada.look("google-pull-on")


def hand_over_key(ada, console, tmp_path):
    key = tmp_path / "key.json"
    key.write_text(ada.page.request.get(f"{console}/key.json").text())
    ada.page.locator('input[type="file"]').set_input_files(key)
    ada.press("Keep it and continue")


def name_too_early(ada, guide):
    """Before the delegation: the page says where it is made."""
    ada.open(guide.replace("delegation", "admin"))
    ada.page.get_by_label("Administrator’s e-mail address").fill(OWNER_EMAIL)
    ada.press("Try it and continue")
    ada.page.get_by_text("does not let this service account read").first.wait_for()
    ada.look("google-pull-no-delegation")


def choose_who(ada):
    ada.page.wait_for_url("**/who")
    ada.page.get_by_label("Engineering").check()
    ada.look("google-pull-who-chosen")
    ada.press("Save and read them")
    ada.page.wait_for_url("**/first-pull")
    wait_for(ada, "6 people and 1 group")
    ada.look("google-pull-complete")


def pull_again(ada):
    ada.open("/setup/acme/scim/resume")
    ada.press("Pull now")
    wait_for_suspension(ada)
    ada.look("google-pull-watch")


def wait_for(ada, words):
    """By itself with scripts; by looking again without."""
    if ada.scripts:
        ada.page.get_by_text(words).first.wait_for()
        return
    for _ in range(200):
        if words in ada.words:
            return
        ada.page.wait_for_timeout(100)
        ada.page.reload()
    raise AssertionError(f"never read {words!r}: {ada.words}")


def wait_for_suspension(ada):
    for _ in range(200):
        ada.open("/organizations/acme/activity")
        if "Grace Hopper was suspended" in ada.words:
            ada.open("/setup/acme/scim/resume")
            return
        ada.page.wait_for_timeout(100)
    raise AssertionError("Grace was never suspended")
