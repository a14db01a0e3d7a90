"""Whom the IdP deletes while syncing is paused loses access when it goes on, and not before."""

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Deletion, Event, Leavers, Mode, Status
from portal.organizations import directories, directory_people, sync
from portal.organizations.actors import OPERATOR
from portal.organizations.people import Step
from tests.factories import add_member, directory_actor, make_directory, member_of, provision

GRACE = "grace@acme.example"


@pytest.fixture
def paused(acme):
    """A directory that is paused, with a member it had made."""
    directory = make_directory(acme)
    person = provision(directory, GRACE)
    turn(directory, Mode.PAUSED)
    return directory, person


def turn(directory, mode):
    directories.set_mode(directory, mode, by=OPERATOR)
    db.session.commit()


def delete(directory, person):
    directory_people.delete_user(directory, person, by=directory_actor(directory))
    db.session.commit()


@pytest.mark.parametrize(("choice", "status"), [(Leavers.SUSPEND, Status.SUSPENDED), (Leavers.REMOVE, Status.REMOVED)])
def test_a_person_deleted_in_a_pause_leaves_when_it_ends(acme, paused, choice, status):
    acme.leavers = choice
    delete(*paused)
    during = member_of(acme, GRACE).status

    turn(paused[0], Mode.LIVE)

    assert (during, member_of(acme, GRACE).status) == (Status.ACTIVE, status)
    assert not db.session.scalars(sa.select(Deletion)).all()


def test_the_preview_says_so_beforehand(acme, paused):
    delete(*paused)

    rows = sync.preview(paused[0])

    assert [(row.person.email, row.decision.step) for row in rows] == [(GRACE, Step.SUSPEND)]
    assert [member.email for member in sync.untouched(paused[0])] == ["ada@acme.example"]


def test_who_came_back_meanwhile_stays(acme, paused):
    delete(*paused)
    provision(paused[0], GRACE)
    before = member_of(acme, GRACE).id

    turn(paused[0], Mode.LIVE)

    assert (member_of(acme, GRACE).id, member_of(acme, GRACE).status) == (before, Status.ACTIVE)
    assert "member.suspended" not in db.session.scalars(sa.select(Event.name)).all()


def test_who_was_never_in_force_has_nothing_to_leave(acme):
    directory = make_directory(acme, mode=Mode.SHADOW)
    add_member(acme, GRACE)

    delete(directory, provision(directory, GRACE))
    turn(directory, Mode.LIVE)

    assert member_of(acme, GRACE).status is Status.ACTIVE
