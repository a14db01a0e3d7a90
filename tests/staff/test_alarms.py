"""Support sees what organizations need help with, helps with one button, and looks at a log only where it was shared."""

import io
import zipfile

import pytest

from portal.extensions import db
from portal.models import Event, Status
from portal.organizations import batches, members, support_grants
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import add_member, make_directory, make_user, member_of, provision
from tests.organizations.test_departures import crowd, leave, status_of


@pytest.fixture
def support(client, app, sign_in):
    """A browser in which somebody of the staff is signed in."""
    sign_in(client, make_user("sam@vestibule.example", name="Sam", staff=True))
    return client


def home(organization, tail=""):
    return f"/staff/organizations/{organization.id}{tail}"


def test_an_alarm_is_seen_first_and_undone_with_one_button(support, acme):
    directory = make_directory(acme)
    people = crowd(directory, 9)
    leave(directory, people)
    batch = batches.open_ones(acme)[0]
    assert "Acme : many people are leaving at once" in text(support.get("/staff"))

    support.submit(home(acme, f"/batches/{batch.id}/restoration"), page=home(acme))

    assert {status_of(person) for person in people} == {Status.ACTIVE}
    assert batches.get(acme, batch.id).settled_by == "Sam"
    assert "leaving at once" not in text(support.get("/staff"))


def test_a_vacant_seat_is_seen_and_handed_over(support, acme):
    grace = add_member(acme, "grace@acme.example")
    directory = make_directory(acme)
    leave(directory, [provision(directory, "ada@acme.example")])
    assert "nobody owns it any more" in text(support.get("/staff"))

    support.submit(home(acme, f"/owner/{grace.id}"), page=home(acme))

    assert member_of(acme, "grace@acme.example").is_owner
    assert "nobody owns it" not in text(support.get("/staff"))


def test_a_shared_log_is_looked_at_and_every_look_is_on_record(support, acme):
    directory = make_directory(acme)
    grant = support_grants.give(acme, by=OPERATOR, days=7, note="Bob is missing")
    db.session.commit()
    assert "shares its provisioning log" in text(support.get("/staff"))
    assert "Bob is missing" in text(support.get(home(acme)))
    address = home(acme, f"/grants/{grant.id}/{directory.id}")

    page = support.submit(f"{address}/look", page=home(acme))
    archive = support.submit(f"{address}/bundle", page=home(acme))

    assert "as shared by Operator" in text(page)
    assert "log.json" in zipfile.ZipFile(io.BytesIO(archive.data)).namelist()
    db.session.expire_all()
    looks = db.session.scalars(acme.events.select().where(Event.name == "support_grant.used")).all()
    assert (len(looks), grant.looks, looks[0].actor_label) == (2, 2, "Sam")


@pytest.mark.parametrize("end", ["revoked", "expired", "another organization's"])
def test_what_is_not_shared_any_more_does_not_exist(support, acme, globex, later, end):
    from datetime import timedelta

    owner = globex if end.startswith("another") else acme
    directory = make_directory(acme)
    grant = support_grants.give(owner, by=OPERATOR, days=1)
    db.session.commit()
    token = soup(support.get(home(acme))).find("input", attrs={"name": "csrf_token"})["value"]
    if end == "revoked":
        support_grants.revoke(grant, by=OPERATOR)
        db.session.commit()
    if end == "expired":
        later(timedelta(hours=25))

    answers = [
        support.post(home(acme, f"/grants/{grant.id}/{directory.id}/{deed}"), data={"csrf_token": token}).status_code
        for deed in ("look", "bundle")
    ]

    assert answers == [404, 404]
    assert not grant.looks


def test_somebody_who_is_not_of_support_finds_nothing_here(client, acme, sign_in):
    batch_directory = make_directory(acme)
    leave(batch_directory, crowd(batch_directory, 9))
    batch = batches.open_ones(acme)[0]
    sign_in(client, member_of(acme, "ada@acme.example").user)
    token = soup(client.get("/account")).find("input", attrs={"name": "csrf_token"})["value"]

    answer = client.post(home(acme, f"/batches/{batch.id}/restoration"), data={"csrf_token": token})

    assert answer.status_code == 404
    assert members.get(acme, batches.people(batch)[0].id).status is Status.SUSPENDED
