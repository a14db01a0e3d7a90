"""A real browser, and the IdP on another site (127.0.0.1, we on localhost): SameSite and the content policy are real."""

import pytest

from portal.saml.vocabulary import POST
from tests.saml.world import connect, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.real_idp]


def sign_in_there(tab):
    tab.fill("#username", "ada")
    tab.fill("#password", "secret")
    tab.press("#password", "Enter")


def test_a_lax_cookie_meets_the_answer_at_the_finish(simplesamlphp, company, live, tab):
    connection = connect(company, simplesamlphp.metadata())
    simplesamlphp.trust(connection)
    tab.goto(connection.login_url)
    sign_in_there(tab)

    tab.wait_for_url("**/account*")

    assert tab.url.startswith(live.config["SETTINGS"].public_url)
    assert signed_in() == ["ada@acme.example"]


def test_a_form_on_our_page_reaches_the_idp_in_spite_of_the_content_policy(simplesamlphp, company, live, tab):
    connection = connect(company, simplesamlphp.metadata())
    simplesamlphp.trust(connection)
    tab.goto(f"{live.config['SETTINGS'].public_url}/nothing-here")  # any page of ours, with our policy
    tab.evaluate(
        "address => { const form = document.createElement('form'); form.action = address;"
        " document.body.append(form); form.submit() }",
        connection.login_url,
    )

    tab.wait_for_selector("#username")

    sign_in_there(tab)
    tab.wait_for_url("**/account*")
    assert signed_in() == ["ada@acme.example"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_request_by_post_goes_through_the_page_between(simplesamlphp, company, live, tab, scripts):
    connection = connect(company, simplesamlphp.metadata(), sso_binding=POST)
    simplesamlphp.trust(connection)
    page = tab if scripts else tab.context.browser.new_page(java_script_enabled=False)
    page.goto(connection.login_url)
    if not scripts:
        page.get_by_role("button", name="Continue to 127.0.0.1").click()

    page.wait_for_selector("#username")

    sign_in_there(page)
    if not scripts:
        page.get_by_role("button").click()
    page.wait_for_url("**/account*")
    assert signed_in() == ["ada@acme.example"]
