"""A setup link for one address, in a real browser: looked at, its code, handing on, handing back, approval, and its end."""

import re
from datetime import timedelta

import pytest

from portal.cli.demo_world import OWNER_EMAIL
from portal.extensions import db
from portal.models import Mail, SetupLink
from portal.models.base import now
from portal.organizations import connections, organizations, setup_links, setup_runs
from portal.organizations.actors import OPERATOR
from tests.end_to_end.test_the_whole_story import sign_in
from tests.saml.conftest import configuration

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def link(world):
    """The address of a link for kim@acme.example, with a sign-in that is ready to be switched on."""
    with world.app_context():
        acme = organizations.find("acme")
        run = setup_runs.for_sign_in(acme, "okta", by=OPERATOR, name="Okta")
        connection = connections.get(run.connection_id)
        connections.stage(connection, configuration(), by=OPERATOR)
        test = connections.begin_test(connection, by=OPERATOR)
        connections.finish_test(test, connection, passed=True, report={"lines": []}, by=OPERATOR)
        _, url = setup_links.create(acme, by=OPERATOR, email="kim@acme.example", note="Thank you for doing this, Kim.")
        db.session.commit()
        return url


def code(world):
    with world.app_context():
        bodies = db.session.scalars(db.select(Mail.body).order_by(Mail.due_at.desc())).all()
        return next(found[1] for body in bodies if (found := re.search(r"Your code .* is (\d{4} \d{4})", body)))


def test_a_link_is_opened_by_code_and_its_work_is_approved(visit, world, link):
    kim, ada = visit(), visit()
    kim.open(link).look("link")
    kim.press("Start")
    kim.look("link-code")
    kim.page.get_by_label("Code").fill("00000000")
    kim.press("Open the set-up")
    kim.look("link-code-wrong")
    kim.page.get_by_label("Code").fill(code(world))
    kim.press("Open the set-up")
    go_live = kim.page.url.rpartition("/")[0] + "/go-live"
    kim.open(go_live).look("link-hand-back")
    kim.press("Hand back for approval")
    kim.look("link-handed-back")

    sign_in(ada, OWNER_EMAIL)
    ada.open(go_live).look("approval")
    ada.press("Switch sign-in on")
    assert "Single sign-on is live" in ada.words
    ada.open("/organizations/acme/sign-in")
    ada.page.get_by_text("Make a setup link").click()
    ada.look("links-form")


def test_a_link_that_ran_out_asks_for_more_time(visit, world, link):
    with world.app_context():
        db.session.execute(db.update(SetupLink).values(expires_at=now() - timedelta(hours=1)))
        db.session.commit()
    kim = visit()

    kim.open(link).look("link-ended")
    kim.press("Ask for more time")

    kim.look("link-asked")
    assert "were told" in kim.words


def test_the_rail_hands_one_step_on(visit, world, link):
    ada = visit()
    sign_in(ada, OWNER_EMAIL)
    ada.open("/setup/acme/sso/resume")
    ada.page.get_by_text("Somebody else does this step?").click()
    ada.look("hand-on")
    ada.page.get_by_label("Their e-mail address").fill("kim@acme.example")

    ada.press("Send a link")

    assert "on its way to kim@acme.example" in ada.words
