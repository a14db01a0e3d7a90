"""A pull brings people and groups in line with Google, writes what differs, and takes nobody away by mistake."""

import threading

import pytest

from portal.extensions import db
from portal.google import pulling
from portal.models import DirectoryGroup, DirectoryUser, Event, Leavers, Mode, Status
from portal.models.base import now
from portal.organizations import directories, directory_people, pulls
from portal.organizations.actors import OPERATOR
from tests.factories import member_of
from tests.fakes.google import error
from tests.google.conftest import Unhurried


def status(organization, name):
    member = member_of(organization, f"{name}@acme.example")
    return member.status if member else None


def rows():
    return {row.user_name: row for row in db.session.scalars(db.select(DirectoryUser))}


def test_everybody_arrives_page_by_page(google, acme, run):
    google.employ("bob", "cleo", "dan")

    run()

    assert [status(acme, name) for name in ("bob", "cleo", "dan")] == [Status.ACTIVE] * 3
    assert len([path for _, path, _ in google.asked if path.endswith("/users")]) == 2


def test_somebody_who_was_a_member_already_is_adopted(google, acme, run):
    before = member_of(acme, "ada@acme.example").id

    run()

    assert rows()["ada@acme.example"].membership_id == before


def test_a_second_pull_writes_nothing(google, run, directory):
    google.employ("bob")
    run()
    before = {name: row.version for name, row in rows().items()}
    events = db.session.query(Event).count()

    run()

    assert {name: row.version for name, row in rows().items()} == before
    assert db.session.query(Event).count() == events + 1  # that somebody asked for it
    assert pulls.of(directory).outcome["same"] == 2


@pytest.mark.parametrize("flag", ["suspended", "archived"])
def test_a_suspended_or_archived_account_is_suspended_here_and_comes_back(google, acme, run, flag):
    google.employ("bob")
    run()
    google.employ("bob", **{flag: True})
    run()
    gone = status(acme, "bob")
    google.employ("bob")

    run()

    assert (gone, status(acme, "bob")) == (Status.SUSPENDED, Status.ACTIVE)


@pytest.mark.parametrize(
    ("leavers", "becomes"), [(Leavers.SUSPEND, Status.SUSPENDED), (Leavers.REMOVE, Status.REMOVED)]
)
def test_a_deleted_account_leaves_as_the_organization_chose(google, acme, run, leavers, becomes):
    acme.leavers = leavers
    google.employ("bob")
    run()
    del google.people["g-bob"]

    run()

    assert status(acme, "bob") is becomes
    assert "bob@acme.example" not in rows()


def test_a_renamed_account_is_the_same_member(google, acme, run):
    google.employ("bob")
    run()
    before = member_of(acme, "bob@acme.example").id
    google.people["g-bob"]["primaryEmail"] = "robert@acme.example"

    run()

    assert member_of(acme, "robert@acme.example").id == before


def test_two_accounts_may_swap_their_addresses(google, acme, run):
    google.employ("bob", "cleo")
    run()
    before = {row.external_id: row.membership_id for row in rows().values()}
    google.people["g-bob"]["primaryEmail"] = "old-bob@acme.example"
    google.people["g-cleo"]["primaryEmail"] = "bob@acme.example"
    google.people = dict(reversed(google.people.items()))

    run()

    assert {row.external_id: row.membership_id for row in rows().values()} == before
    assert rows()["bob@acme.example"].external_id == "g-cleo"


def test_an_account_made_anew_with_the_same_address_is_the_same_person(google, acme, run):
    google.employ("bob")
    run()
    before = rows()["bob@acme.example"].membership_id
    google.people["g-bob-2"] = google.people.pop("g-bob") | {"id": "g-bob-2"}

    run()

    assert (rows()["bob@acme.example"].external_id, rows()["bob@acme.example"].membership_id) == ("g-bob-2", before)
    assert status(acme, "bob") is Status.ACTIVE


def test_only_people_of_the_chosen_groups_come_over(google, acme, run):
    google.employ("bob", "cleo")
    sales = google.found_group("Sales", "ada", "bob")

    run(everybody=False, groups=[sales])

    assert (status(acme, "bob"), status(acme, "cleo")) == (Status.ACTIVE, None)
    assert [group.display_name for group in db.session.scalars(db.select(DirectoryGroup))] == ["Sales"]


def test_a_group_that_holds_the_whole_company_holds_everybody(google, acme, run):
    google.employ("bob")
    all_of_us = google.found_group("All", kind="CUSTOMER")
    google.inside["gr-All"] = [{"id": "C01", "type": "CUSTOMER"}]

    run(everybody=False, groups=[all_of_us])

    assert status(acme, "bob") is Status.ACTIVE


def test_guests_of_other_companies_are_nobody_here(google, run):
    sales = google.found_group("Sales", "ada", "stranger")

    run(everybody=False, groups=[sales])

    assert set(rows()) == {"ada@acme.example"}


def test_members_who_left_a_group_leave_it_here(google, run, directory):
    google.employ("bob")
    sales = google.found_group("Sales", "ada", "bob")
    run(groups=[sales])
    google.found_group("Sales", "ada")

    run()

    group = db.session.scalars(db.select(DirectoryGroup)).one()
    assert directory_people.members_of(directory, [group])[group.id] == [rows()["ada@acme.example"].id]


def test_two_groups_of_one_name_are_told_apart(google, run):
    first, second = google.found_group("Team"), google.found_group("Team", id="gr-2", mail="team2@acme.example")

    run(groups=[first, second])
    run()

    names = db.session.scalars(db.select(DirectoryGroup.display_name)).all()
    assert sorted(names) == ["Team (team2@acme.example)", "Team (team@acme.example)"]


@pytest.mark.parametrize("broken", [(500, {}), (200, b"half a pa"), error(403, "forbidden", "Not Authorized")])
def test_a_page_that_fails_suspends_nobody(google, acme, run, directory, broken):
    google.employ("bob", "cleo", "dan")
    run()
    google.fails = [("p2", broken)] * 4

    run()

    assert [status(acme, name) for name in ("bob", "cleo", "dan")] == [Status.ACTIVE] * 3
    assert pulls.of(directory).problem
    assert pulls.of(directory).due_at > now()


def test_an_empty_answer_is_not_believed(google, acme, run, directory):
    google.employ("bob")
    run()
    sales = google.found_group("Sales")

    run(everybody=False, groups=[sales])

    assert status(acme, "bob") is Status.ACTIVE
    assert pulls.of(directory).problem_code == "nobody"


def test_a_chosen_group_that_is_gone_changes_nothing(google, acme, run, directory):
    sales = google.found_group("Sales", "ada")
    run(everybody=False, groups=[sales])
    google.named_groups.clear()

    run()

    assert status(acme, "ada") is Status.ACTIVE
    assert "The group Sales is gone from Google" in pulls.of(directory).problem


def test_a_worker_waits_when_google_asks_for_it_and_goes_on(google, acme, run):
    google.employ("bob")
    google.fails = [("/users", error(429, "rateLimitExceeded", "Quota exceeded")), ("/users", (503, {}))]

    waited = run()

    assert waited == [1.0, 2.0]
    assert status(acme, "bob") is Status.ACTIVE


def test_an_access_token_that_ends_meanwhile_is_fetched_anew(google, acme, run):
    google.employ("bob", "cleo")
    google.fails = [("p2", error(401, "authError", "Invalid Credentials"))]

    run()

    assert status(acme, "cleo") is Status.ACTIVE


def test_a_problem_is_told_once_and_forgotten_when_it_is_over(google, run, directory):
    google.api_on = False
    run()
    run()
    told = db.session.query(Event).filter_by(name="directory.pull_failed").count()
    google.api_on = True

    run()

    assert (told, pulls.of(directory).problem) == (1, "")


def test_in_shadow_nothing_is_applied(google, acme, run, directory):
    directories.set_mode(directory, Mode.SHADOW, by=OPERATOR)
    google.employ("bob")

    run()

    assert (status(acme, "bob"), "bob@acme.example" in rows()) == (None, True)


def test_who_leaves_while_it_is_paused_is_suspended_when_it_goes_on(google, acme, run, directory):
    google.employ("bob")
    run()
    directories.set_mode(directory, Mode.PAUSED, by=OPERATOR)
    del google.people["g-bob"]
    run()
    while_paused = status(acme, "bob")

    directories.set_mode(directory, Mode.LIVE, by=OPERATOR)

    assert (while_paused, status(acme, "bob")) == (Status.ACTIVE, Status.SUSPENDED)


def test_no_two_workers_pull_the_same_directory(google, directory):
    pulls.ask_now(pulls.of(directory), by=OPERATOR)
    first = pulls.take_due()
    db.session.commit()

    assert first is not None
    assert pulls.take_due() is None


def test_a_lease_that_ended_is_taken_over_and_the_first_worker_stops(google, directory):
    first = pulls.take_due()
    pulls.of(directory).leased_until = now()
    db.session.commit()
    second = pulls.take_due()

    with pytest.raises(pulls.LeaseLost):
        pulls.report(first, "people", 1)
    pulls.report(second, "people", 1)


def test_settings_that_change_meanwhile_end_the_pull_without_a_word(app, google, directory):
    google.employ("bob")
    sales, directory_id = google.found_group("Sales"), directory.id

    def choose_another(_):
        google.before = None
        with app.app_context():
            pulls.choose(pulls.of(directories.get(directory_id)), everybody=False, groups=[sales], by=OPERATOR)
            db.session.commit()

    google.before = choose_another

    assert pulling.pull_due(Unhurried())

    db.session.expire_all()
    assert (rows(), pulls.of(directory).problem) == ({}, "")


def test_a_worker_that_is_asked_to_end_gives_the_pull_back(google, directory):
    stopped = Unhurried()
    google.before = lambda _: stopped.set()

    pulling.pull_due(stopped)

    pull = pulls.of(directory)
    assert (pull.leased_until, pull.completed_at, pull.due_at <= now()) == (None, None, True)


def test_a_directory_that_is_switched_off_is_not_asked(google, directory):
    directories.set_mode(directory, Mode.OFF, by=OPERATOR)
    db.session.commit()

    assert not pulling.pull_due(threading.Event())
    assert google.asked == []


def test_the_next_one_is_due_after_the_interval(google, app, run, directory):
    run()

    waits = pulls.of(directory).due_at - now()

    assert 29 * 60 < waits.total_seconds() <= 30 * 60


def test_what_is_kept_of_a_key_cannot_be_read(google, directory):
    stored = pulls.of(directory).secret

    assert "PRIVATE KEY" not in stored
    assert "private_key" not in stored
