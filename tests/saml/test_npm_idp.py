"""People sign in through npm's saml-idp, over real HTTP: the third stack of XML signatures that nobody here wrote."""

import httpx
import pytest

from portal.extensions import db
from portal.models import Connection, IdpInitiated, Session
from portal.organizations import connection_keys, connection_options, connections
from portal.organizations.actors import OPERATOR
from portal.saml import metadata
from tests.saml.npm_idp import NpmIdp
from tests.saml.test_real_idps import press
from tests.saml.world import addresses, signed_in

pytestmark = [pytest.mark.real_idp, pytest.mark.timeout(180)]
ADA = {"userName": "ada@acme.example", "email": "ada@acme.example", "firstName": "Ada", "lastName": "Lovelace"}


@pytest.fixture
def start(company, tmp_path):
    """start(encrypted=False, **policies): the IdP, and the connection that trusts it."""
    running = []

    def start(*, encrypted=False, **policies):
        row = connections.create(company, "generic", by=OPERATOR)
        key = connection_keys.make(row, by=OPERATOR)
        connection_options.set_policies(row, by=OPERATOR, single_logout=True, **policies)
        db.session.commit()
        idp = NpmIdp(tmp_path, addresses(row), encrypt_for=key.certificate if encrypted else None)
        running.append(idp)
        found = metadata.read(httpx.get(f"{idp.base}/metadata").text).metadata
        row = db.session.get_one(Connection, row.id)
        connections.stage(row, found.configuration(), by=OPERATOR)
        connection_options.change(row, by=OPERATOR, allow_cbc=encrypted)
        connections.go_live(row, by=OPERATOR)
        db.session.commit()
        return idp, addresses(row)

    yield start
    for idp in running:
        idp.stop()


def sign_in(browser, address, **person):
    return press(browser, press_form(browser, browser.get(address), **ADA | person))


def press_form(browser, page, **fields):
    """Its page holds two forms; the one that is sent is the second."""
    from bs4 import BeautifulSoup

    form = BeautifulSoup(page.text, "html.parser").find("form", action=True)
    data = {tag["name"]: tag.get("value", "") for tag in form.find_all("input") if tag.get("name")}
    kept = {name: data[name] for name in data if name.startswith("_")}
    format_ = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    return browser.post(page.url.join(form["action"]), data=kept | {"nameIdFormat": format_} | fields)


def test_a_person_signs_in_through_it(start, browser):
    _, connection = start()

    page = sign_in(browser, connection.login_url)

    assert page.history[-1].status_code == 303, page.text
    assert signed_in() == ["ada@acme.example"]


def test_it_encrypts_for_us(start, browser):
    _, connection = start(encrypted=True)

    page = sign_in(browser, connection.login_url)

    assert page.history[-1].status_code == 303, page.text
    assert signed_in() == ["ada@acme.example"]


@pytest.mark.parametrize(("policy", "status"), [(IdpInitiated.ON, 200), (IdpInitiated.OFF, 400)])
def test_its_own_page_lets_in_where_the_policy_says_so(start, browser, policy, status):
    idp, _ = start(idp_initiated=policy)

    page = sign_in(browser, idp.base)

    assert page.status_code == status, page.text
    assert bool(signed_in()) is (policy is IdpInitiated.ON)


def test_whom_it_names_outside_our_domains_gets_an_account_of_this_company_only(start, browser, company):
    _, connection = start()

    sign_in(browser, connection.login_url, userName="eve@elsewhere.example", email="eve@elsewhere.example")

    db.session.rollback()
    row = db.session.scalars(db.select(Session).where(Session.connection_id.is_not(None))).one()
    assert (row.user.home_organization_id, row.reaches_all) == (company.id, False)


def test_signing_out_there_signs_out_here(start, browser):
    """It speaks HTTP-POST, which python3-saml cannot read."""
    idp, connection = start()
    sign_in(browser, connection.login_url)

    page = browser.get(f"{idp.base}/saml/slo")
    while "<form" in page.text and str(page.url).startswith(idp.base):
        page = press(browser, page)

    db.session.rollback()
    assert db.session.scalars(db.select(Session).where(Session.connection_id.is_not(None))).one().revoked_at
