"""The practice IdP in a real browser: it sends people on by itself, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.extensions import db
from portal.models import Session
from portal.practice import idp, pushing, tenants
from portal.practice.personalities import ENTRA, OKTA
from portal.saml import metadata
from tests.factories import make_connection, make_organization
from tests.practice.fixtures import make_tenant

pytestmark = pytest.mark.browser


@pytest.fixture(params=[OKTA, ENTRA], ids=["okta", "entra"])
def tenant(live, request):
    """Both sides know each other for sign-in. What is needed of the connection is plain: the server has the database."""
    tenant = make_tenant(request.param)
    reading = metadata.read(idp.metadata(tenant.sender).decode())
    connection = make_connection(make_organization("Acme", domain="acme.example"), reading.metadata.configuration())
    tenant.cast.app.acs_url, tenant.cast.app.entity_id = connection.acs_url, connection.entity_id
    tenant.login_url = connection.login_url
    tenants.save(tenant)
    db.session.commit()
    return tenant


def console(live, tenant, path=""):
    return f"{live.config['SETTINGS'].public_url}/practice/{tenant.id}{path}"


def test_whoever_chooses_a_name_is_signed_in_without_pressing_more(live, tenant, tab):
    tab.goto(tenant.login_url)

    tab.get_by_role("button", name="Sign in as Grace Hopper").click()

    tab.wait_for_url("**/account*")
    assert [row.user.email for row in db.session.scalars(db.select(Session))] == ["grace@acme.example"]


def test_every_page_is_open_to_everybody(live, tenant, tab, recorder):
    pushing.connect(tenant, recorder.url, "secret")
    pushing.push_everybody(tenant)
    tenant.version += 1
    tenants.save(tenant)
    db.session.commit()
    person = f"/people/{tenant.cast.people[0].id}"

    for path in ("", "/people", person, "/provisioning", "/groups", "/log"):
        tab.goto(console(live, tenant, path))
        report = Axe().run(tab)
        assert report.violations_count == 0, f"{path}: {report.generate_report()}"


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_on_a_narrow_screen(live, tenant, tab, width):
    tab.set_viewport_size({"width": width, "height": 800})

    for path in ("", "/people", "/provisioning", "/groups", "/log"):
        tab.goto(console(live, tenant, path))
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
