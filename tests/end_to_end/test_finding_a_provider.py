"""Finding one's own identity provider among all of them, with and without JavaScript."""

import pytest

from portal.cli.demo_world import OWNER_EMAIL
from tests.end_to_end.test_the_whole_story import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def signed_in(visit, **how):
    ada = visit(**how)
    sign_in(ada, OWNER_EMAIL)
    return ada.open("/setup/acme/sso")


def names(ada):
    return ada.page.locator("#idps .tile-name").all_inner_texts()


def test_what_is_typed_narrows_the_list_and_keeps_the_choice(visit):
    ada = signed_in(visit)
    ada.look("picker")
    ada.page.get_by_role("radio", name="Okta").check()

    ada.page.get_by_role("searchbox").press_sequentially("okta")
    ada.page.get_by_text("found for “okta”").wait_for()

    ada.look("picker-search")
    assert names(ada)[0] == "Okta"
    assert ada.page.get_by_role("radio", name="Okta").is_checked()
    assert ada.page.evaluate("document.activeElement.name") == "q"
    assert ada.page.url.endswith("?q=okta&idp=okta")


def test_a_name_nobody_knows_leads_to_the_guide_for_all(visit):
    ada = signed_in(visit)

    ada.page.get_by_role("searchbox").fill("zzz")
    ada.page.get_by_text("No providers found").wait_for()

    ada.look("picker-none")
    assert names(ada) == ["Another identity provider"]


def test_searching_works_without_javascript(visit):
    ada = signed_in(visit, scripts=False)

    ada.page.get_by_role("searchbox").fill("adfs")
    ada.press("Search")

    assert names(ada) == ["AD FS", "Another identity provider"]
    ada.page.get_by_role("radio", name="AD FS").check()
    ada.press("Continue")
    assert ada.heading == "Add a relying party trust"
