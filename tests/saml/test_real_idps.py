"""People sign in through software nobody here wrote, over real HTTP, with the IdP on another site."""

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from portal.extensions import db
from portal.models import ConnectionTest, Exchange
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from portal.saml import metadata
from portal.saml.vocabulary import POST, REDIRECT
from tests.saml.idp import pair
from tests.saml.world import addresses, connect, signed_in

pytestmark = pytest.mark.real_idp


def press(browser, page, **fields):
    """Fill in and send the page's form, as a person or the IdP's script does."""
    form = BeautifulSoup(page.text, "html.parser").find("form")
    assert form is not None, page.text
    data = {tag["name"]: tag.get("value", "") for tag in form.find_all("input") if tag.get("name")}
    return browser.post(page.url.join(form.get("action") or ""), data=data | fields)


def through_simplesamlphp(browser, page, username="ada"):
    page = press(browser, page, username=username, password="secret")
    return press(browser, page)


def certificate(browser, connection):
    """Ours, as an IdP reads it in our metadata."""
    document = BeautifulSoup(browser.get(connection.metadata_url).text, "xml")
    return document.find("X509Certificate").text


def bare(pem):
    return "".join(line for line in pem.splitlines() if "-----" not in line)


@pytest.mark.parametrize("signing", [
    {}, {"saml20__sign__assertion": False}, {"saml20__sign__response": False},
    {"signature__algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"},
], ids=["both signed", "response signed", "assertion signed", "sha512"])  # fmt: skip
def test_a_person_signs_in_through_simplesamlphp(simplesamlphp, company, browser, signing):
    connection = connect(company, simplesamlphp.metadata())
    simplesamlphp.trust(connection, **signing)

    page = through_simplesamlphp(browser, browser.get(connection.login_url))

    assert page.history[-1].status_code == 303, page.text
    assert signed_in() == ["ada@acme.example"]


@pytest.mark.parametrize("binding", [REDIRECT, POST])
def test_simplesamlphp_checks_that_we_signed_our_question(simplesamlphp, company, browser, binding):
    connection = connect(company, simplesamlphp.metadata(), sign_requests=True, sso_binding=binding)
    simplesamlphp.trust(connection, validate__authnrequest=True, certData=certificate(browser, connection))

    page = browser.get(connection.login_url)
    page = through_simplesamlphp(browser, press(browser, page) if binding == POST else page)

    assert page.history[-1].status_code == 303, page.text
    assert signed_in() == ["ada@acme.example"]


def test_simplesamlphp_turns_another_signature_away(simplesamlphp, company, browser):
    connection = connect(company, simplesamlphp.metadata(), sign_requests=True)
    simplesamlphp.trust(connection, validate__authnrequest=True, certData=bare(pair("other").certificate))

    assert 'name="username"' not in browser.get(connection.login_url).text


def encrypted_by_simplesamlphp(simplesamlphp, company, browser, *, allow_cbc):
    """Debian's SimpleSAMLphp knows aes128-cbc only."""
    connection = connect(company, simplesamlphp.metadata(), sign_requests=True, allow_cbc=allow_cbc)
    simplesamlphp.trust(connection, certData=certificate(browser, connection), assertion__encryption=True)
    return through_simplesamlphp(browser, browser.get(connection.login_url))


def test_simplesamlphp_encrypts_for_us(simplesamlphp, company, browser):
    page = encrypted_by_simplesamlphp(simplesamlphp, company, browser, allow_cbc=True)

    assert page.history[-1].status_code == 303, page.text
    assert signed_in() == ["ada@acme.example"]


def test_cbc_is_refused_until_it_is_switched_on(simplesamlphp, company, browser):
    page = encrypted_by_simplesamlphp(simplesamlphp, company, browser, allow_cbc=False)

    assert page.status_code == 400
    assert "encrypted in a way" in page.text
    assert signed_in() == []


def test_simplesamlphp_signing_with_sha1_is_refused(simplesamlphp, company, browser):
    connection = connect(company, simplesamlphp.metadata())
    simplesamlphp.trust(connection, signature__algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1")

    page = through_simplesamlphp(browser, browser.get(connection.login_url))

    assert page.status_code == 400
    assert "no longer safe" in page.text
    assert signed_in() == []


def test_simplesamlphps_own_page_leads_back_through_our_question(simplesamlphp, company, browser):
    connection = connect(company, simplesamlphp.metadata())
    simplesamlphp.trust(connection)
    start = f"{simplesamlphp.base}/saml2/idp/SSOService.php?{urlencode({'spentityid': connection.entity_id})}"

    page = through_simplesamlphp(browser, browser.get(start))
    page = press(browser, page)

    assert page.history[-1].status_code == 303, page.text
    assert signed_in() == ["ada@acme.example"]


def test_simplesamlphps_own_page_tests_a_draft(simplesamlphp, company, browser):
    connection = connect(company, simplesamlphp.metadata(), live=False)
    simplesamlphp.trust(connection)
    start = f"{simplesamlphp.base}/saml2/idp/SSOService.php?{urlencode({'spentityid': connection.entity_id})}"

    page = through_simplesamlphp(browser, browser.get(start))

    db.session.rollback()
    test = db.session.scalars(db.select(ConnectionTest)).one()
    assert "The test passed" in page.text
    assert (test.passed, test.config_hash) == (True, connection.config_hash)
    assert signed_in() == []


def test_a_wrong_issuer_is_refused_with_a_record(simplesamlphp, company, browser):
    text = simplesamlphp.metadata()
    connection = connect(
        company, text.replace(f'entityID="{simplesamlphp.metadata_url}"', 'entityID="https://old.example"')
    )
    simplesamlphp.trust(connection)

    page = through_simplesamlphp(browser, browser.get(connection.login_url))

    db.session.rollback()
    record = db.session.scalars(db.select(Exchange).where(Exchange.code != "")).one()
    assert record.code in page.text
    assert record.problem.startswith("issuer/")


@pytest.fixture
def with_pysaml2(pysaml2, company, browser):
    """pysaml2 knows us by our metadata, and we know it by its own."""
    connection = connections.create(company, "generic", by=OPERATOR)
    db.session.commit()
    ours = addresses(connection)
    pysaml2.trust(browser.get(ours.metadata_url).text)
    connections.stage(connection, metadata.read(pysaml2.metadata()).metadata.configuration(), by=OPERATOR)
    connections.go_live(connection, by=OPERATOR)
    db.session.commit()
    return addresses(connection)


def test_a_person_signs_in_through_pysaml2(with_pysaml2, browser):
    page = press(browser, browser.get(with_pysaml2.login_url))

    assert page.history[-1].status_code == 303, page.text
    assert signed_in() == ["ada@acme.example"]


def test_pysaml2s_default_sha1_is_refused(with_pysaml2, pysaml2, browser):
    pysaml2.sign_alg, pysaml2.digest_alg = (
        f"http://www.w3.org/2000/09/xmldsig#{name}" for name in ("rsa-sha1", "sha1")
    )

    assert press(browser, browser.get(with_pysaml2.login_url)).status_code == 400
    assert signed_in() == []
