"""A person's whole life here through software nobody here wrote: provisioned, signed in, deactivated, shut out."""

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import EnterpriseUser, User

from portal.extensions import db
from portal.organizations import tokens
from portal.organizations.actors import OPERATOR
from tests.factories import make_directory
from tests.saml.test_real_idps import press, through_simplesamlphp, with_pysaml2  # noqa: F401
from tests.saml.world import connect, signed_in

pytestmark = pytest.mark.real_idp


@pytest.fixture
def scim(company, live):
    directory = make_directory(company)
    _, token = tokens.issue(directory, by=OPERATOR)
    db.session.commit()
    base = directory.base_url
    db.session.rollback()  # the server needs the database now
    client = WSGISCIMClient(live, base_url=base, environ={"HTTP_AUTHORIZATION": f"Bearer {token}"})
    client.discover()
    return client


@pytest.fixture(params=["simplesamlphp", "pysaml2"])
def sign_in(request, company, browser):
    """sign_in() goes from our login address through the IdP and back."""
    if request.param == "simplesamlphp":
        idp = request.getfixturevalue("simplesamlphp")
        connection = connect(company, idp.metadata())
        idp.trust(connection)
        return lambda: through_simplesamlphp(browser, browser.get(connection.login_url))
    connection = request.getfixturevalue("with_pysaml2")
    return lambda: press(browser, browser.get(connection.login_url))


def test_who_is_provisioned_signs_in_and_who_is_deactivated_is_out(scim, sign_in, browser, live):
    account = f"{live.config['SETTINGS'].public_url}/account"
    ada = scim.create(User[EnterpriseUser](user_name="ada@acme.example", emails=[{"value": "ada@acme.example"}]))
    assert sign_in().history[-1].status_code == 303
    assert signed_in() == ["ada@acme.example"]
    assert browser.get(account).url.path == "/account"
    db.session.rollback()

    ada.active = False
    scim.replace(ada)

    assert browser.get(account).url.path == "/login"
    browser.cookies.clear()
    assert sign_in().status_code == 403
