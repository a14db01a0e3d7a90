"""The pages of a connection and of the domains, in a real browser: calm, readable, and with the keyboard's way through."""

from datetime import timedelta

import pytest

from portal.cli.demo_world import OWNER_EMAIL
from portal.extensions import db
from portal.models import Connection, VerifiedBy
from portal.models.base import now
from portal.organizations import connection_keys, connection_options, connections, domains, organizations
from portal.organizations.actors import OPERATOR
from portal.saml import inspection, providers, report
from portal.saml.report import Setting
from tests.end_to_end.test_the_whole_story import sign_in
from tests.factories import make_connection
from tests.saml.conftest import configuration, reply
from tests.saml.idp import pair

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def enter(visit, world):
    """enter(scripts=True): Ada, signed in before her company's people are led elsewhere; and the connection's id."""

    def enter(**how):
        ada = visit(**how)
        sign_in(ada, OWNER_EMAIL)
        return ada, prepare(world)

    return enter


def prepare(world):
    """A live connection with a change that waits, keys on both sides, a test that found something, domains in every state."""
    with world.app_context():
        acme = organizations.find("acme")
        certificates = (pair().certificate, pair("old", days=110).certificate)
        made = make_connection(acme, configuration(certificates=certificates))
        for _ in range(2):
            connection_keys.make(made, by=OPERATOR)
        connection_options.change(made, by=OPERATOR, force_authn=True, certificates=certificates[:1])
        db.session.commit()
        _test(db.session.get_one(Connection, made.id))
        make_connection(acme, configuration(), idp="entra", live=False)
        for name, days in (("missing.example", 2), ("lost.example", 20), ("waiting.example", None)):
            domain = domains.claim(acme, name, by=OPERATOR)
            if days:
                domains.count(domain, VerifiedBy.DNS, by=OPERATOR)
                domain.missing_at = now() - timedelta(days=days)
            if days == 20:
                domains.stop_counting(domain)
        db.session.commit()
        return made.id


def _test(made):
    test = connections.begin_test(made, by=OPERATOR)
    names = [("email", ("grace@other.example",)), ("groups", ("Everyone", "Application Administrators"))]
    provider = providers.provider_of(made, made.candidate)
    seen = inspection.inspect(
        provider, reply(made, "_other", attributes=names, audience="urn:wrong").encoded(), "_asked"
    )
    written = report.write(seen, provider, Setting("Okta", {}, ("acme.example",), OWNER_EMAIL))
    connections.finish_test(test, made, passed=written.passed, report=written.dump(), by=OPERATOR)
    db.session.commit()


def test_every_page_of_a_connection_is_good_to_look_at(enter):
    ada, _ = enter()

    ada.open("/organizations/acme/sign-in").look("sign-in-tab-with-two")
    ada.page.get_by_role("link", name="Settings of okta").click()
    for name in ("Overview", "How people sign in", "Keys and certificates", "Attributes and roles"):
        ada.follow(name, exact=True)
        ada.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        ada.look(f"connection-{name.lower().replace(' ', '-')}")
    ada.open("/organizations/acme/domains").look("domains-in-every-state")


def test_a_key_is_put_to_work_without_javascript(enter, world):
    ada, connection_id = enter(scripts=False)

    ada.open(f"/organizations/acme/sign-in/{connection_id}/keys")
    ada.press("Put the next key to work")

    assert "The next key signs from now on" in ada.words
    with world.app_context():
        held = connection_keys.listed(db.session.get_one(Connection, connection_id))
        assert [key.state.value for key in held] == ["active", "retired"]


def test_a_colleague_finds_a_page_that_explains_itself(enter, visit):
    ada, connection_id = enter()
    ada.open(f"/organizations/acme/sign-in/{connection_id}")
    ada.page.get_by_text("Let a colleague try").click()
    with ada.context.expect_page() as opened:
        ada.page.get_by_role("button", name="Make a link that works for one hour").click()
    link = opened.value.get_by_label("Link for the test sign-in").input_value()

    colleague = visit()
    colleague.open(link).look("trial")

    assert colleague.heading == "Try signing in"
