"""A mistake in an identity provider is seen, understood and undone in a real browser, by an admin and by support."""

from datetime import timedelta

import pytest

from portal.cli.demo_world import OWNER_EMAIL, STAFF_EMAIL
from portal.extensions import db
from portal.models import Exchange, Protocol
from portal.models.base import now
from portal.organizations import it_contacts, organizations, support_grants, tokens
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import UserNameTaken
from portal.words import kept
from tests.end_to_end.test_the_whole_story import sign_in
from tests.factories import make_directory, provision
from tests.organizations.test_departures import leave
from tests.organizations.test_reminders import certificate, live_with

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NAMES = (
    "Grace Hopper",
    "Linus Torvalds",
    "Barbara Liskov",
    "Alan Kay",
    "Radia Perlman",
    "Ken Thompson",
    "Frances Allen",
)


@pytest.fixture
def mistake(world):
    """mistake(): seven of eight people are unassigned at once; a certificate and a token end soon; a request is refused."""
    return lambda: _happen(world)


def _happen(world):
    with world.app_context():
        acme = organizations.find("acme")
        live_with(acme, certificate(12, name="end"))
        directory = make_directory(acme, idp="entra")
        people = [provision(directory, f"{name.split()[0].lower()}@acme.example", display_name=name) for name in NAMES]
        leave(directory, people)
        tokens.issue(directory, by=OPERATOR, days=180)
        tokens.listed(directory)[0].expires_at = now() + timedelta(days=6)
        it_contacts.add(acme, "it-team@acme.example", by=OPERATOR)
        it_contacts.capture(acme, "consultant@elsewhere.example", by=OPERATOR)
        support_grants.give(acme, by=OPERATOR, days=7, note="Bob Kahn does not arrive")
        _record(directory, people)
        db.session.commit()


def _record(directory, people):
    usual = {"organization_id": directory.organization_id, "directory_id": directory.id, "protocol": Protocol.SCIM}
    off = '{"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}'
    for person in people[:3]:
        row = Exchange(
            **usual, method="PATCH", path=f"Users/{person.id}", status=200, request_body=off, milliseconds=14
        )
        db.session.add(row)
        db.session.flush()
    row = Exchange(
        **usual, method="PATCH", path=f"Users/{people[4].id}", status=409, milliseconds=9,
        problem=kept(UserNameTaken.words),
        request_body='{"Operations": [{"op": "Replace", "path": "userName", "value": "grace@acme.example"}]}',
        answer_body='{"status": "409", "scimType": "uniqueness"}',
    )  # fmt: skip
    db.session.add(row)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_admin_sees_what_happened_and_undoes_it(visit, mistake, scripts):
    ada = visit(scripts=scripts)
    sign_in(ada, OWNER_EMAIL)
    mistake()
    for path, name in (
        ("members", "under-banners"), ("sign-in", "cards-with-troubles"), ("sign-in/scim/log", "provisioning-log"),
        ("contacts", "contacts"), ("owner", "owner"),
    ):  # fmt: skip
        ada.open(f"/organizations/acme/{path}").look(name)
    ada.open("/setup/acme/renewal").look("renewal")

    ada.open("/organizations/acme/members")
    ada.page.get_by_role("link", name="See who").click()
    ada.look("batch")
    ada.press("Bring everybody back")
    ada.page.get_by_text("Everybody is back").wait_for()

    ada.look("batch-restored")
    assert ada.page.locator(".counters dd").all_inner_texts() == ["0", "7"]


def test_support_sees_it_first_and_looks_at_what_was_shared(visit, mistake):
    sam = visit()
    sign_in(sam, STAFF_EMAIL)
    mistake()
    sam.open("/staff").look("staff-urgent")
    sam.page.get_by_role("link", name="Acme").first.click()
    sam.look("staff-alarms")
    sam.page.get_by_role("button", name="Look").click()
    sam.look("staff-log")
