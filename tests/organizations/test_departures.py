"""A directory that takes many people away at once is noticed, and nobody is lost by it (docs/decisions/departures.md)."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.extensions import db
from portal.models import Applied, Batch, DirectoryUser, Event, Leavers, Mail, Membership, Mode, Status
from portal.organizations import (
    batches,
    directories,
    directory_people,
    it_contacts,
    members,
    organizations,
    ownership,
    roles,
    sync,
)
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import BatchSettled, NotActive, SeatTaken
from tests.factories import add_member, directory_actor, make_directory, member_of, provision


def crowd(directory, size, start=0):
    return [provision(directory, f"person{start + number}@acme.example") for number in range(size)]


def document(person, **changes):
    return {"userName": person.user_name, "displayName": person.display_name, "active": person.active} | changes


def say(directory, person, **changes):
    directory_people.change_user(directory, person, document(person, **changes), by=directory_actor(directory))
    db.session.commit()


def leave(directory, people):
    for person in people:
        say(directory, person, active=False)


def status_of(person):
    return db.session.get(Membership, person.membership_id).status


def events_named(organization, name):
    return db.session.scalars(organization.events.select().where(Event.name == name)).all()


@pytest.mark.parametrize(
    ("members_before", "leaving", "raised"),
    [(10, 5, False), (10, 6, True), (29, 6, True), (30, 6, False), (40, 8, False), (40, 9, True)],
)
def test_more_than_five_and_more_than_a_fifth_within_an_hour_raise_an_alarm(acme, members_before, leaving, raised):
    directory = make_directory(acme)
    people = crowd(directory, members_before - 1)  # and Ada

    leave(directory, people[:leaving])

    assert len(batches.open_ones(acme)) == raised
    assert {status_of(person) for person in people[:leaving]} == {Status.SUSPENDED}


def test_what_happened_more_than_an_hour_ago_does_not_count(acme, later):
    directory = make_directory(acme)
    people = crowd(directory, 12)
    leave(directory, people[:5])
    later(timedelta(minutes=61))

    leave(directory, people[5:7])

    assert not batches.open_ones(acme)


def test_whoever_goes_on_leaving_belongs_to_the_same_batch(acme, later):
    directory = make_directory(acme)
    people = crowd(directory, 20)
    for chunk in (people[:8], people[8:12], people[12:16]):
        leave(directory, chunk)
        later(timedelta(minutes=40))

    batch = batches.open_ones(acme)[0]

    assert len(batches.open_ones(acme)) == 1
    assert batches.counts(batch) == batches.Counts(total=16, out=16, held=0)
    assert len(events_named(acme, "batch.raised")) == 1


def test_people_whom_somebody_here_suspends_raise_no_alarm(acme):
    for number in range(9):
        members.suspend(add_member(acme, f"person{number}@acme.example"), by=OPERATOR)

    assert not batches.open_ones(acme)


def test_owners_admins_and_contacts_are_told_once_and_support_reads_it(acme):
    add_member(acme, "grace@acme.example", role="admin")
    add_member(acme, "linus@acme.example")
    it_contacts.add(acme, "it@acme.example", by=OPERATOR)
    it_contacts.add(acme, "quiet@acme.example", by=OPERATOR, wants_alarms=False)
    directory = make_directory(acme)

    leave(directory, crowd(directory, 9))

    mails = db.session.scalars(db.select(Mail).where(Mail.subject.contains("are leaving"))).all()
    assert sorted(mail.recipient for mail in mails) == ["ada@acme.example", "grace@acme.example", "it@acme.example"]
    assert "/organizations/acme/batches/" in mails[0].body
    assert [event.data["left"] for event in events_named(acme, "batch.raised")] == [6]


def test_an_owner_who_left_with_the_others_is_told_as_well(acme):
    directory = make_directory(acme)
    ada = provision(directory, "ada@acme.example")
    leave(directory, [ada, *crowd(directory, 7)])

    recipients = set(db.session.scalars(db.select(Mail.recipient).where(Mail.subject.contains("are leaving"))))

    assert recipients == {"ada@acme.example"}


def test_one_button_brings_the_whole_batch_back_with_their_roles(acme):
    directory = make_directory(acme)
    people = crowd(directory, 9)
    members.set_role(db.session.get(Membership, people[0].membership_id), roles.get("admin"), by=OPERATOR)
    leave(directory, people)

    batches.restore(batches.open_ones(acme)[0], by=OPERATOR)

    assert {status_of(person) for person in people} == {Status.ACTIVE}
    assert member_of(acme, "person0@acme.example").role.key == "admin"
    assert not batches.open_ones(acme)
    assert len(events_named(acme, "member.restored")) == 9


def test_the_next_identical_word_suspends_nobody_again(acme):
    directory = make_directory(acme)
    people = crowd(directory, 9)
    leave(directory, people)
    batches.restore(batches.open_ones(acme)[0], by=OPERATOR)

    for person in people:
        say(directory, person, active=False)
        say(directory, person, active=False, displayName="Renamed")
    directories.set_mode(directory, Mode.PAUSED, by=OPERATOR)
    directories.set_mode(directory, Mode.LIVE, by=OPERATOR)

    assert {status_of(person) for person in people} == {Status.ACTIVE}
    assert {person.active for person in people} == {False}, "what the directory says stays recorded"
    assert member_of(acme, "person0@acme.example").name == "Renamed"


def test_a_new_word_of_the_directory_counts_again(acme):
    directory = make_directory(acme)
    people = crowd(directory, 9)
    leave(directory, people)
    batches.restore(batches.open_ones(acme)[0], by=OPERATOR)

    say(directory, people[0], active=True)
    say(directory, people[0], active=False)
    sync.forget_user(directory, people[1], by=directory_actor(directory))

    assert status_of(people[0]) is Status.SUSPENDED
    assert member_of(acme, "person1@acme.example").status is Status.SUSPENDED
    assert status_of(people[2]) is Status.ACTIVE


def test_who_is_suspended_by_hand_after_a_restoration_stays_so(acme):
    directory = make_directory(acme)
    people = crowd(directory, 9)
    leave(directory, people)
    batches.restore(batches.open_ones(acme)[0], by=OPERATOR)
    members.suspend(db.session.get(Membership, people[0].membership_id), by=OPERATOR)

    say(directory, people[0], active=False, displayName="Renamed")

    assert status_of(people[0]) is Status.SUSPENDED


@pytest.mark.parametrize("leavers", list(Leavers))
def test_deleted_people_come_back_whatever_the_organization_does_with_leavers(acme, leavers):
    organizations.set_policy(acme, by=OPERATOR, leavers=leavers)
    directory = make_directory(acme)
    people = crowd(directory, 9)
    ids = [person.membership_id for person in people]
    for person in people:
        directory_people.delete_user(directory, person, by=directory_actor(directory))

    batches.restore(batches.open_ones(acme)[0], by=OPERATOR)

    assert {db.session.get(Membership, one).status for one in ids} == {Status.ACTIVE}


def test_who_finds_no_free_seat_does_not_keep_the_others_out(acme):
    organizations.set_policy(acme, by=OPERATOR, leavers=Leavers.REMOVE, seats=9)
    directory = make_directory(acme)
    for person in crowd(directory, 8):
        directory_people.delete_user(directory, person, by=directory_actor(directory))
    add_member(acme, "newcomer@acme.example")

    seatless = batches.restore(batches.open_ones(acme)[0], by=OPERATOR)

    assert (seatless, organizations.count_members(acme)) == (1, 9)


def test_who_came_back_and_left_another_day_is_not_brought_back(acme, later):
    directory = make_directory(acme)
    people = crowd(directory, 9)
    leave(directory, people)
    batch = batches.open_ones(acme)[0]
    say(directory, people[0], active=True)
    later(timedelta(days=2))
    say(directory, people[0], active=False)

    batches.restore(batch, by=OPERATOR)

    assert status_of(people[0]) is Status.SUSPENDED
    assert status_of(people[1]) is Status.ACTIVE


def test_a_confirmed_batch_can_still_be_brought_back_but_not_twice(acme):
    directory = make_directory(acme)
    people = crowd(directory, 9)
    leave(directory, people)
    batch = batches.open_ones(acme)[0]

    batches.confirm(batch, by=OPERATOR)
    batches.restore(batch, by=OPERATOR)

    assert {status_of(person) for person in people} == {Status.ACTIVE}
    for again in (batches.restore, batches.confirm):
        with pytest.raises(BatchSettled):
            again(batch, by=OPERATOR)


@pytest.fixture
def holding(acme):
    """A directory whose organization wants to look first."""
    organizations.set_policy(acme, by=OPERATOR, hold_large_batches=True)
    return make_directory(acme)


def test_where_the_organization_chose_so_the_rest_stays_until_somebody_confirms(acme, holding):
    people = crowd(holding, 9)

    leave(holding, people)

    batch = batches.open_ones(acme)[0]
    assert [status_of(person) for person in people] == [Status.SUSPENDED] * 5 + [Status.ACTIVE] * 4
    assert batches.counts(batch) == batches.Counts(total=9, out=5, held=4)
    assert {person.applied for person in people[5:]} == {Applied.HELD}
    assert events_named(acme, "batch.held")


def test_confirming_ends_the_access_of_those_who_were_held(acme, holding):
    people = crowd(holding, 9)
    leave(holding, people)

    batches.confirm(batches.open_ones(acme)[0], by=OPERATOR)

    assert {status_of(person) for person in people} == {Status.SUSPENDED}
    assert {person.applied for person in people} == {Applied.APPLIED}
    assert db.session.get(Membership, people[8].membership_id).suspended_by_directory


def test_keeping_everybody_brings_the_first_ones_back_too(acme, holding):
    people = crowd(holding, 9)
    leave(holding, people)

    batches.restore(batches.open_ones(acme)[0], by=OPERATOR)

    assert {status_of(person) for person in people} == {Status.ACTIVE}
    assert {person.applied for person in people} == {Applied.APPLIED}
    say(holding, people[8], active=False, displayName="Renamed")
    assert status_of(people[8]) is Status.ACTIVE


def test_a_held_person_stays_held_whatever_is_said_again(acme, holding, later):
    people = crowd(holding, 9)
    leave(holding, people)
    later(timedelta(days=3))

    say(holding, people[7], active=False, displayName="Renamed")
    held_id = people[8].membership_id
    directory_people.delete_user(holding, people[8], by=directory_actor(holding))

    assert (status_of(people[7]), people[7].applied) == (Status.ACTIVE, Applied.HELD)
    assert db.session.get(Membership, held_id).active
    batches.confirm(batches.open_ones(acme)[0], by=OPERATOR)
    assert db.session.get(Membership, held_id).status is Status.SUSPENDED


def test_who_is_active_again_in_the_directory_is_no_longer_held(acme, holding):
    people = crowd(holding, 9)
    leave(holding, people)

    say(holding, people[8], active=True)
    batches.confirm(batches.open_ones(acme)[0], by=OPERATOR)

    assert (status_of(people[8]), people[8].applied) == (Status.ACTIVE, Applied.APPLIED)


def test_a_held_owner_leaves_when_confirmed_and_the_vacancy_is_told(acme, holding):
    leave(holding, crowd(holding, 8))
    ada = provision(holding, "ada@acme.example")
    say(holding, ada, active=False)
    assert status_of(ada) is Status.ACTIVE

    batches.confirm(batches.open_ones(acme)[0], by=OPERATOR)

    assert status_of(ada) is Status.SUSPENDED
    assert events_named(acme, "organization.owner_vacant")


def test_another_organization_is_not_counted(acme, globex):
    here, there = make_directory(acme), make_directory(globex)
    ours = crowd(here, 9)
    theirs = [provision(there, f"person{number}@globex.example") for number in range(9)]

    leave(here, ours[:4])
    leave(there, theirs[:4])

    assert not db.session.scalars(db.select(Batch)).all()


def test_a_batch_of_another_organization_does_not_exist(acme, globex):
    directory = make_directory(acme)
    leave(directory, crowd(directory, 9))

    assert batches.get(globex, batches.open_ones(acme)[0].id) is None


def test_the_vacant_seat_is_told_to_admins_and_contacts_and_handed_over(acme):
    grace = add_member(acme, "grace@acme.example", role="admin")
    trusted = it_contacts.add(acme, "it@acme.example", by=OPERATOR)
    it_contacts.capture(acme, "named@acme.example", by=OPERATOR)
    directory = make_directory(acme)
    leave(directory, [provision(directory, "ada@acme.example")])

    mails = {mail.recipient: mail.body for mail in db.session.scalars(db.select(Mail))}
    ownership.hand_over(acme, grace, by=OPERATOR)

    assert "/organizations/acme/owner" in mails["grace@acme.example"]
    assert "/setup/link/" in mails[trusted.email]
    assert "http" not in mails["named@acme.example"], "whom nobody vouches for gets words and no way in"
    assert grace.is_owner


def test_a_seat_is_handed_over_only_while_it_is_vacant_and_to_somebody_active(acme):
    grace = add_member(acme, "grace@acme.example", role="admin")
    with pytest.raises(SeatTaken):
        ownership.hand_over(acme, grace, by=OPERATOR)
    directory = make_directory(acme)
    leave(directory, [provision(directory, "ada@acme.example")])
    members.suspend(grace, by=OPERATOR)

    with pytest.raises(NotActive):
        ownership.hand_over(acme, grace, by=OPERATOR)


def test_a_directory_user_is_present_by_the_directorys_word_or_against_it():
    assert DirectoryUser(active=True).present
    assert DirectoryUser(active=False, set_aside_at=datetime.now(UTC)).present
    assert not DirectoryUser(active=False).present
