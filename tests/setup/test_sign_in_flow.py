"""Sign-in is connected from nothing to live: metadata judged, a signed test, attributes from what came, one button."""

from datetime import timedelta

import pytest
import time_machine

from portal.extensions import db
from portal.models import SetupRun
from portal.models.base import now
from portal.organizations import connections, domains
from portal.organizations.actors import OPERATOR
from portal.setup.kinds import testing
from tests.clients import soup, text
from tests.factories import add_member, member_of
from tests.saml.conftest import configuration
from tests.saml.idp import pair
from tests.setup.conftest import NAMES, at, connection_of, passed, press_test, staged, test_sign_in


def current(run):
    db.session.expire_all()
    return connection_of(db.session.get(SetupRun, run.id))


def test_choosing_an_idp_begins_and_leads_to_the_first_step(admin, acme):
    answer = admin.submit("/setup/acme/sso", {"idp": "okta"})

    run = db.session.scalars(acme.setup_runs.select()).one()
    assert (answer.status_code, answer.location) == (303, at(run, "sso", "create-app"))
    assert connection_of(run).idp == "okta"


def test_choosing_nothing_is_said_in_words(admin):
    page = admin.submit("/setup/acme/sso", {})

    assert page.status_code == 422
    assert "Choose your identity provider" in text(page)


def test_another_idp_keeps_the_addresses_and_the_marks(admin, begin):
    run = begin("okta")
    address = connection_of(run).acs_url
    admin.submit(at(run, "sso", "create-app"))

    admin.submit("/setup/acme/sso", {"idp": "entra"})
    assert current(run).acs_url == address
    admin.submit("/setup/acme/sso", {"idp": "okta"})

    page = admin.get("/setup/acme/sso/resume")
    assert page.location == at(run, "sso", "name-app")


def test_a_signed_test_passes_and_is_reported_line_by_line(admin, begin):
    run = begin()
    staged(run)

    test_sign_in(admin, connection_of(run), attributes=NAMES)

    page = admin.get(at(run, "sso", "test"))
    assert "The test passed for ada@acme.example" in text(page)
    assert soup(page).select_one(".checks .check-ok")
    assert not soup(page).select(".check-bad")


def test_a_test_that_fails_says_what_was_expected_and_where_to_mend_it(admin, begin):
    run = begin()
    staged(run)

    test_sign_in(admin, connection_of(run), audience="https://wrong.example", attributes=NAMES)

    page = text(admin.get(at(run, "sso", "test")))
    assert "The test found something to mend" in page
    assert f"Expected {connection_of(run).entity_id}" in page
    assert "Got https://wrong.example" in page
    assert "Audience URI (SP Entity ID)" in page


def test_a_test_from_which_nothing_came_back_asks_what_was_seen(admin, begin, monkeypatch):
    run = begin()
    staged(run)
    press_test(admin, connection_of(run))
    monkeypatch.setattr(testing, "SILENT", timedelta(0))

    page = text(admin.get(at(run, "sso", "test")))

    assert "Which message did you see?" in page
    assert "this app is not assigned to you" in page


def test_a_test_of_former_settings_does_not_count(admin, begin):
    run = begin()
    staged(run)
    passed(run)
    staged(run, certificates=(pair("next").certificate,))

    page = admin.get(at(run, "sso", "go-live"))

    assert "Test a sign-in with the current settings first" in text(page)
    assert soup(page).select_one(".button-primary").has_attr("disabled")


def test_attributes_are_chosen_from_what_arrived(admin, begin):
    run = begin()
    staged(run)
    test_sign_in(admin, connection_of(run), attributes=NAMES)

    page = soup(admin.get(at(run, "sso", "map")))
    admin.submit(at(run, "sso", "map"), {"email": "email", "groups": "groups", "family_name": "invented"})

    assert page.find("select", id="map-given_name").find("option", selected=True)["value"] == "firstName"
    assert current(run).candidate.saml.mapping == {"email": "email", "groups": "groups"}


def test_going_live_shows_the_consequences_first(admin, begin):
    run = begin()
    staged(run)
    passed(run)

    page = text(admin.get(at(run, "sso", "go-live")))

    assert "1 person with an address at acme.example can sign in with Okta" in page
    assert "1 owner keeps a password as another way in" in page


def test_one_button_goes_live_and_another_one_back(admin, begin):
    run = begin()
    staged(run)
    passed(run)
    page = at(run, "sso", "go-live")

    admin.submit(page)
    assert current(run).live
    admin.submit(f"{page}/undo", page=page)

    assert current(run).live is None
    assert connections.has_passed(current(run), current(run).candidate.config_hash)


def test_going_live_asks_again_who_it_is(admin, begin):
    run = begin()
    staged(run)
    passed(run)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        answer = admin.submit(at(run, "sso", "go-live"))

    assert answer.location.startswith("/prove")
    assert current(run).live is None


def test_a_refusal_is_said_on_the_page_itself(admin, acme, begin):
    run = begin()
    staged(run)
    passed(run)
    for domain in domains.listed(acme):
        domains.remove(domain, by=OPERATOR)
    db.session.commit()

    page = admin.submit(at(run, "sso", "go-live"))

    assert page.status_code == 422
    assert "Verify at least one e-mail domain first" in text(page)
    assert current(run).live is None


def test_a_connection_made_by_the_operator_is_taken_up(admin, acme):
    made = connections.create(acme, "okta", by=OPERATOR)
    connections.stage(made, configuration(), by=OPERATOR)
    connections.go_live(made, by=OPERATOR)
    db.session.commit()

    admin.submit("/setup/acme/sso", {"idp": "okta"})

    run = db.session.scalars(acme.setup_runs.select()).one()
    assert run.connection_id == made.id
    assert admin.get("/setup/acme/sso/resume").status_code == 303


def test_an_organization_that_may_not_is_told_so(admin, acme):
    acme.sso_allowed = False
    db.session.commit()

    page = admin.submit("/setup/acme/sso", {"idp": "okta"}, page="/account")

    assert page.status_code == 422
    assert "not switched on for this organization" in text(page)


def test_without_the_permission_nothing_exists(client, acme, begin, sign_in):
    run = begin()
    add_member(acme, "bob@acme.example")
    sign_in(client, member_of(acme, "bob@acme.example").user)

    assert client.get("/setup/acme/sso").status_code == 404
    assert client.get(at(run, "sso", "create-app")).status_code == 404


def test_another_organizations_owner_finds_nothing(client, globex, begin, sign_in):
    run = begin()
    sign_in(client, member_of(globex, "hank@globex.example").user)

    assert client.get(at(run, "sso", "create-app")).status_code == 404
    assert client.get("/setup/acme/sso").status_code == 404


def test_strangers_are_asked_to_sign_in(client, begin):
    run = begin()

    assert client.get(at(run, "sso", "create-app")).location.startswith("/login")
    assert client.get("/setup/acme/sso").location.startswith("/login")


def test_the_panel_brings_the_way_on_along_when_the_test_has_passed(admin, begin):
    run = begin()
    staged(run)
    panel = soup(admin.get(at(run, "sso", "test"))).find(id="panel-test")
    assert admin.get(panel["hx-get"], headers={"HX-Request": "true"}).status_code == 204
    assert admin.get(panel["hx-get"]).location == at(run, "sso", "test")

    test_sign_in(admin, connection_of(run), attributes=NAMES)
    news = soup(admin.get(panel["hx-get"], headers={"HX-Request": "true"}))

    assert "The test passed" in news.find(id="panel-test").get_text()
    assert news.find(id="step-end").find("button", class_="button-primary").get_text() == "Continue"
    assert [tag["id"] for tag in news.select("[hx-swap-oob]")] == ["test-start", "step-rail", "step-end"]


@pytest.mark.parametrize(
    "report", [{}, {"lines": [{"id": "status", "ok": False}]}, {"lines": None, "attributes": None}]
)
def test_a_report_of_an_older_version_is_still_shown(admin, begin, report):
    run = begin()
    staged(run)
    test = connections.begin_test(connection_of(run), by=OPERATOR)
    connections.finish_test(test, connection_of(run), passed=False, report=report, by=OPERATOR)
    db.session.commit()

    assert admin.get(at(run, "sso", "test")).status_code == 200
    assert admin.get(at(run, "sso", "map")).status_code == 200
