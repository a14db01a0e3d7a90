"""People sign in through software nobody here wrote, over real HTTP, with the IdP on another site."""

import shutil
import threading
import warnings
from types import SimpleNamespace
from urllib.parse import urlencode

import httpx
import pytest
from bs4 import BeautifulSoup
from werkzeug.serving import make_server

from portal.extensions import db
from portal.models import ConnectionTest, Exchange, Session
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from portal.saml import metadata
from tests import databases
from tests.factories import make_connection, make_organization
from tests.saml import real_idps

pytestmark = pytest.mark.real_idp

PHP = "php8.2-cli php8.2-cgi php8.2-xml php8.2-mbstring php8.2-sqlite3 php8.2-curl simplesamlphp"


@pytest.fixture(scope="session")
def simplesamlphp(tmp_path_factory):
    real_idps.need(PHP, shutil.which("php") and real_idps.SIMPLESAML.is_dir())
    idp = real_idps.SimpleSamlPhp(tmp_path_factory.mktemp("simplesamlphp") / "root")
    try:
        real_idps.until_up(idp.metadata_url)
        yield idp
    finally:
        idp.stop()


@pytest.fixture
def pysaml2(tmp_path):
    real_idps.need("xmlsec1", shutil.which("xmlsec1"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        idp = real_idps.PySaml2(tmp_path)
        yield idp
        idp.stop()


@pytest.fixture
def live(make_app):
    """Our application, answering on a port of its own."""
    port = real_idps.free_port()
    app = make_app(public_url=f"http://localhost:{port}")
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with app.app_context():
        yield app
        db.session.rollback()
        if databases.POSTGRESQL:  # one database serves the whole run there
            databases.empty()
        db.session.remove()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def company(live):
    return make_organization("Acme", domain="acme.example", owner="owner@acme.example")


@pytest.fixture
def browser():
    with httpx.Client(follow_redirects=True, timeout=20) as client:
        yield client


def connect(company, idp_metadata, *, live=True):
    """As the wizard does: read the IdP's metadata, stage it, switch it on."""
    reading = metadata.read(idp_metadata)
    assert reading.metadata, reading.findings
    return addresses(make_connection(company, reading.metadata.configuration(), idp="generic", live=live))


def addresses(connection):
    """Plain values; and the test lets go of the database, which the server needs now."""
    configuration = connection.live or connection.candidate
    names = ("entity_id", "acs_url", "login_url", "metadata_url")
    plain = SimpleNamespace(**{name: getattr(connection, name) for name in names})
    plain.config_hash = configuration.config_hash if configuration else ""
    db.session.rollback()
    return plain


def press(browser, page, **fields):
    """Fill in and send the page's form, as a person or the IdP's script does."""
    form = BeautifulSoup(page.text, "html.parser").find("form")
    assert form is not None, page.text
    data = {tag["name"]: tag.get("value", "") for tag in form.find_all("input") if tag.get("name")}
    return browser.post(page.url.join(form.get("action") or ""), data=data | fields)


def through_simplesamlphp(browser, page, username="ada"):
    page = press(browser, page, username=username, password="secret")
    return press(browser, page)


def signed_in():
    db.session.rollback()
    return [row.user.email for row in db.session.scalars(db.select(Session).where(Session.connection_id.is_not(None)))]


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
