"""People sign in through software nobody here wrote, over real HTTP, with the IdP on another site."""

from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from portal.extensions import db
from portal.models import Connection, ConnectionTest, Exchange, Session
from portal.organizations import connection_options, connections
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


def with_logout(simplesamlphp, company, browser):
    """Somebody signed in, with single logout set up on both sides, each checking the other's signature."""
    connection = connect(company, simplesamlphp.metadata(), sign_requests=True)
    row = db.session.scalars(db.select(Connection)).one()
    connection_options.set_policies(row, by=OPERATOR, single_logout=True)
    db.session.commit()
    simplesamlphp.trust(
        connection, certData=certificate(browser, connection), SingleLogoutService=f"{connection.entity_id}/logout",
        validate__logout=True, sign__logout=True,
    )  # fmt: skip
    through_simplesamlphp(browser, browser.get(connection.login_url))
    assert signed_in() == ["ada@acme.example"]
    db.session.rollback()  # the server needs the database now
    return connection


def living():
    db.session.rollback()
    found = db.session.scalars(db.select(Session.id).where(Session.revoked_at.is_(None))).all()
    db.session.rollback()
    return found


def test_signing_out_at_simplesamlphp_signs_out_here(simplesamlphp, company, browser):
    with_logout(simplesamlphp, company, browser)

    page = browser.get(f"{simplesamlphp.base}/saml2/idp/initSLO.php?{urlencode({'RelayState': simplesamlphp.base})}")

    assert living() == []
    assert str(page.url).startswith(simplesamlphp.base)  # it took our answer, and went on


def test_signing_out_here_signs_out_at_simplesamlphp(simplesamlphp, company, browser):
    connection = with_logout(simplesamlphp, company, browser)
    home = browser.get(f"{connection.entity_id.partition('/saml/')[0]}/account")

    token = BeautifulSoup(home.text, "html.parser").find("input", attrs={"name": "csrf_token"})["value"]
    page = browser.post(home.url.join("/sign-out"), data={"csrf_token": token})

    assert "here and at your identity provider" in page.text, page.text
    assert living() == []
    assert 'name="username"' in browser.get(connection.login_url).text  # it asks again who we are


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
