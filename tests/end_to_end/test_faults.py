"""Each fault of a practice IdP, switched on in its console, is told by the guide in words, and passes when it is mended."""

import pytest

from portal.cli.demo_world import OWNER_EMAIL
from tests.end_to_end import test_the_whole_story as story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
TOLD = {"clock": "clock", "certificate": "The signature does not match any certificate we hold"}


def switch(visitor, console, *faults):
    visitor.open(f"{console}/faults")
    for box in visitor.page.locator('[name="fault"]').all():
        box.set_checked(box.get_attribute("value") in faults)
    visitor.press("Save", exact=True)


@pytest.mark.parametrize("idp", ["okta", "entra", "onelogin"])
def test_each_fault_is_told_and_mended(visit, practises, idp):
    personality, ada = practises(idp), visit(scripts=False)
    labels = personality.labels
    story.sign_in(ada, OWNER_EMAIL)
    console = story.come_to_the_test(ada, personality)
    guide = ada.page.url

    for fault, words in TOLD.items():
        switch(ada, console, fault)
        ada.open(guide)
        story.try_sign_in(ada, "The test found something to mend")
        assert words in ada.words

    switch(ada, console)
    ada.open(guide)
    story.try_sign_in(ada)
    story.walk_to(ada, "go-live", idp)
    ada.press("Switch sign-in on")

    ada.open("/setup/acme/scim")
    ada.page.locator(f'input[value="{personality.guide}"]').check()
    ada.press("Continue", exact=True)
    ada.page.wait_for_url("**/setup/run/**")
    story.walk_to(ada, "connect", idp)
    base_url, guide = story.copied(ada, labels.base_url), ada.page.url
    ada.press("Create token")
    token = story.copied(ada, labels.token)

    for faults in (("token",), ("capitals", "batch")):
        switch(ada, console, *faults)
        ada.open(f"{console}/provisioning")
        ada.page.locator('[name="base_url"]').fill(base_url)
        ada.page.locator('[name="token"]').fill(token)
        ada.press(labels.test)
        if "token" in faults:
            ada.open(guide)
            story.walk_to(ada, "first-request", idp)
            assert "damaged copy of the token" in ada.words
            assert "Copy the token again, whole." in ada.words

    ada.open(f"{console}/provisioning")
    ada.press(labels.push_all)
    ada.press(labels.push_groups)
    ada.open(guide)
    story.walk_to(ada, "preview", idp)
    assert "Grace Hopper" in ada.words
