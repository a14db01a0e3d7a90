"""What admins see and do about alarms, the owner's seat, contacts in IT, the log, and what they share with support."""

import io
import zipfile
from datetime import timedelta

import pytest

from portal.extensions import db
from portal.models import Event, Exchange, Protocol, Status
from portal.models.base import now
from portal.organizations import batches, it_contacts, members, pulse, support_grants, tokens
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import add_member, make_connection, make_directory, member_of, provision
from tests.organizations.test_departures import crowd, leave, status_of
from tests.organizations.test_reminders import certificate, live_with

HOME = "/organizations/acme"


@pytest.fixture
def ada(client, acme, sign_in):
    """A browser in which Ada, the owner, is signed in."""
    sign_in(client, member_of(acme, "ada@acme.example").user)
    return client


def alarm(acme, *, hold=False):
    acme.hold_large_batches = hold
    directory = make_directory(acme)
    people = crowd(directory, 9)
    leave(directory, people)
    return batches.open_ones(acme)[0], people


def record(directory, **values):
    usual = {"protocol": Protocol.SCIM, "status": 200, "method": "GET", "path": "Users"}
    row = Exchange(organization_id=directory.organization_id, directory_id=directory.id, **usual | values)
    db.session.add(row)
    db.session.commit()
    return row


def banner(page):
    return " ".join(box.get_text(" ", strip=True) for box in soup(page).select(".banners .notice"))


@pytest.mark.parametrize("tab", ["members", "domains", "sign-in", "activity"])
def test_an_alarm_stands_above_every_tab(ada, acme, tab):
    alarm(acme)

    assert "ended the access of many people within an hour" in banner(ada.get(f"{HOME}/{tab}"))


def test_a_member_who_can_do_nothing_about_it_sees_no_banner(client, acme, sign_in):
    alarm(acme)
    sign_in(client, add_member(acme, "linus@acme.example").user)

    assert not banner(client.get(f"{HOME}/members"))


def test_one_button_brings_everybody_back(ada, acme):
    batch, people = alarm(acme)
    page = f"{HOME}/batches/{batch.id}"
    assert "person0@acme.example" in text(ada.get(page))

    answer = ada.submit(f"{page}/restoration", page=page)

    assert answer.status_code == 303
    assert {status_of(person) for person in people} == {Status.ACTIVE}
    assert "Everybody is back" in text(ada.get(page))
    assert not banner(ada.get(f"{HOME}/members"))


def test_pressing_twice_says_that_it_is_done(ada, acme):
    batch, _ = alarm(acme)
    page = f"{HOME}/batches/{batch.id}"
    token = soup(ada.get(page)).find("input", attrs={"name": "csrf_token"})["value"]

    ada.post(f"{page}/restoration", data={"csrf_token": token})
    again = ada.post(f"{page}/restoration", data={"csrf_token": token})

    assert again.status_code == 422
    assert "has decided about these people already" in text(again)


@pytest.mark.parametrize(("deed", "status"), [("confirmation", Status.SUSPENDED), ("restoration", Status.ACTIVE)])
def test_held_people_leave_or_stay_as_somebody_decides(ada, acme, deed, status):
    batch, people = alarm(acme, hold=True)
    page = f"{HOME}/batches/{batch.id}"
    assert "End access of 4" in text(ada.get(page))

    ada.submit(f"{page}/{deed}", page=page)

    assert {status_of(person) for person in people} == {status}


def test_the_organization_chooses_to_look_first(ada, acme):
    make_connection(acme)
    make_directory(acme)

    ada.submit(f"{HOME}/sign-in/scim/holding", {"hold": "y"}, page=f"{HOME}/sign-in")

    assert acme.hold_large_batches


def test_a_batch_of_another_organization_does_not_exist(ada, globex):
    directory = make_directory(globex)
    leave(directory, [provision(directory, f"person{number}@globex.example") for number in range(9)])
    batch = batches.open_ones(globex)[0]

    assert ada.get(f"{HOME}/batches/{batch.id}").status_code == 404


def test_an_admin_hands_the_vacant_seat_over(client, acme, sign_in):
    grace = add_member(acme, "grace@acme.example", role="admin")
    linus = add_member(acme, "linus@acme.example")
    sign_in(client, grace.user)
    directory = make_directory(acme)
    leave(directory, [provision(directory, "ada@acme.example")])
    assert "has no owner" in banner(client.get(f"{HOME}/members"))

    client.submit(f"{HOME}/owner/{linus.id}", page=f"{HOME}/owner")

    assert member_of(acme, "linus@acme.example").is_owner
    assert not banner(client.get(f"{HOME}/members"))


def test_a_seat_that_is_taken_is_not_handed_over(ada, acme):
    grace = add_member(acme, "grace@acme.example")
    page = ada.get(f"{HOME}/members/{grace.id}")
    token = soup(page).find("input", attrs={"name": "csrf_token"})["value"]

    answer = ada.post(f"{HOME}/owner/{grace.id}", data={"csrf_token": token})

    assert answer.status_code == 422
    assert "has an owner" in text(answer)


def test_contacts_are_added_vouched_for_changed_and_removed(ada, acme):
    page = f"{HOME}/contacts"
    ada.submit(page, {"email": "it@acme.example", "deadlines": "y"})
    it_contacts.capture(acme, "named@acme.example", by=OPERATOR)
    db.session.commit()
    added, named = it_contacts.listed(acme)
    assert (added.trusted, added.wants_alarms, named.trusted) == (True, False, False)

    ada.submit(f"{page}/{named.id}/trust", page=page)
    ada.submit(f"{page}/{added.id}/wishes", {"alarms": "on"}, page=page)
    ada.submit(f"{page}/{named.id}/removal", page=page)

    db.session.expire_all()
    (left,) = it_contacts.listed(acme)
    assert (left.email, left.wants_alarms, left.wants_deadlines) == ("it@acme.example", True, False)


@pytest.mark.parametrize(
    ("email", "words"), [("nonsense", "not an e-mail"), ("it@acme.example", "on the list already")]
)
def test_a_contact_that_cannot_be_is_refused_at_the_field(ada, acme, email, words):
    it_contacts.add(acme, "it@acme.example", by=OPERATOR)
    db.session.commit()

    answer = ada.submit(f"{HOME}/contacts", {"email": email})

    assert answer.status_code == 422
    assert words in text(answer)


def test_the_log_is_read_searched_and_downloaded(ada, acme):
    directory = make_directory(acme, idp="entra")
    record(directory, method="POST", status=409, problem="There is one.", request_body='{"displayName": "Bob"}')
    page = ada.get(f"{HOME}/sign-in/scim/log")

    assert "Microsoft Entra ID tried to add Bob ; refused because: There is one." in text(page).replace("Bob;", "Bob ;")
    assert "In Microsoft Entra ID, see whether" in text(page)
    assert "Nothing matches" in text(ada.get(f"{HOME}/sign-in/scim/log?who=nobody"))
    found = ada.get(f"{HOME}/sign-in/scim/log.zip")
    assert (found.mimetype, found.headers["Cache-Control"]) == ("application/zip", "no-store")
    assert b"Bob" not in zipfile.ZipFile(io.BytesIO(found.data)).read("exchanges.json")


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "before=x", "outcome=no-such", "who=%00"])
def test_a_search_that_makes_no_sense_is_no_error(ada, acme, query):
    make_directory(acme)

    assert ada.get(f"{HOME}/sign-in/scim/log?{query}").status_code == 200


@pytest.mark.parametrize("page", ["members", "owner"])
def test_a_character_no_database_knows_is_no_error(ada, page):
    assert ada.get(f"{HOME}/{page}?search=%00ada").status_code == 200


def test_a_log_is_shared_for_a_while_and_taken_back(ada, acme):
    make_directory(acme)
    page = f"{HOME}/sign-in/scim/log"

    ada.submit(f"{page}/grants", {"days": "7", "note": "Bob is missing"}, page=page)
    (grant,) = support_grants.usable(acme)
    ada.submit(f"{page}/grants/{grant.id}/revocation", page=page)

    assert timedelta(days=6) < grant.expires_at - now() < timedelta(days=8)
    assert not support_grants.usable(acme)
    names = set(db.session.scalars(acme.events.select().with_only_columns(Event.name)))
    assert {"support_grant.given", "support_grant.revoked"} <= names


def test_the_cards_warn_of_what_ends_and_lead_to_its_renewal(ada, acme):
    live_with(acme, certificate(12))
    tokens.issue(make_directory(acme), by=OPERATOR, days=20)
    db.session.commit()

    page = ada.get(f"{HOME}/sign-in")

    assert text(page).count("Needs attention") == 2
    assert len([link for link in soup(page).select(".cards footer a") if link["href"] == "/setup/acme/renewal"]) == 2


def test_the_card_says_what_the_last_request_was_refused_for(ada, acme):
    make_connection(acme)
    directory = make_directory(acme)
    record(directory, at=now() - timedelta(minutes=5))
    record(directory, status=400, problem="The attribute “emails” is not an address.")

    page = ada.get(f"{HOME}/sign-in")

    assert "The last request of Okta was refused: The attribute “emails” is not an address." in text(page)
    assert soup(page).select_one('.cards a[href$="outcome=problems"]').get_text() == "See what to do"


def test_the_card_says_when_nothing_came_for_longer_than_usual(ada, acme):
    make_connection(acme)
    directory = make_directory(acme)
    for hours in range(20, 10, -1):
        record(directory, at=now() - timedelta(hours=hours))

    assert "usually something comes at least every 60 minutes" in text(ada.get(f"{HOME}/sign-in"))


def at(*minutes):
    return [now() + timedelta(minutes=one) for one in minutes]


@pytest.mark.parametrize(
    ("minutes", "usual"),
    [
        ((), None),
        ((0, 1, 2, 3, 4, 5, 6), None),  # one visit
        ((0, 40, 80), None),  # too few
        ((0, 40, 80, 120, 160), 40),
        ((0, 1, 40, 41, 80, 81, 120, 121, 160), 39),  # bursts
    ],
)
def test_what_is_usual_is_the_pause_between_visits(minutes, usual):
    found = pulse.usual(at(*minutes))

    assert (found and found // timedelta(minutes=1)) == usual


def test_nights_are_usual_and_a_lost_token_is_not():
    office = [now() + timedelta(days=day, hours=hour) for day in range(5) for hour in range(8, 18)]
    seen = pulse.Pulse(office[-1], None, pulse.usual(office))

    assert seen.silent_for(office[-1] + timedelta(hours=15)) is None
    assert seen.silent_for(office[-1] + timedelta(hours=50))


@pytest.mark.parametrize(
    ("length", "words"), [({"days": 3}, "3 days"), ({"hours": 30}, "30 hours"), ({"minutes": 61}, "61 minutes")]
)
def test_a_span_of_time_has_words(length, words):
    assert pulse.span(timedelta(**length)) == words


def test_the_page_of_a_person_says_that_the_directorys_word_is_set_aside(ada, acme):
    batch, people = alarm(acme)
    batches.restore(batch, by=OPERATOR)
    db.session.commit()

    page = ada.get(f"{HOME}/members/{people[0].membership_id}")

    assert "It says that they are inactive; that was set aside" in text(page)


def test_who_was_brought_back_against_the_directory_can_still_be_suspended_by_hand(ada, acme):
    batch, people = alarm(acme)
    batches.restore(batch, by=OPERATOR)

    members.suspend(member_of(acme, "person0@acme.example"), by=OPERATOR)

    assert status_of(people[0]) is Status.SUSPENDED
