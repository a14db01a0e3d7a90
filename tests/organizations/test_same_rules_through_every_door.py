"""An organization's rules hold whichever door a person comes through."""

import pytest

from portal.extensions import db
from portal.models import Event, Source, Status
from portal.organizations import members, roles
from portal.organizations.actors import BY_DIRECTORY, Actor, Door
from portal.organizations.refusals import AlreadyMember, LastOwner, NoFreeSeat
from tests.factories import add_member, make_user, member_of

EVERY_DOOR = pytest.mark.parametrize("door", list(Door))
BY_HAND = pytest.mark.parametrize("door", [door for door in Door if door not in BY_DIRECTORY])
BY_IDP = pytest.mark.parametrize("door", sorted(BY_DIRECTORY))


def come_in(organization, door, email="grace@acme.example", role="member"):
    return members.add(organization, make_user(email), by=Actor(door, "someone"), role=roles.get(role))


@EVERY_DOOR
def test_a_new_member_is_recorded_once(acme, door):
    membership = come_in(acme, door)

    events = db.session.scalars(acme.events.select().where(Event.subject_id == membership.id)).all()
    assert [(event.name, event.door) for event in events] == [("member.added", door)]


@EVERY_DOOR
def test_nobody_is_a_member_twice(acme, door):
    membership = come_in(acme, door)

    with pytest.raises(AlreadyMember):
        members.add(acme, membership.user, by=Actor(door, "someone"), role=roles.get("member"))


@EVERY_DOOR
def test_a_full_organization_takes_nobody(acme, door):
    acme.seats = 1

    with pytest.raises(NoFreeSeat):
        come_in(acme, door)


@BY_HAND
@pytest.mark.parametrize("leave", [members.remove, members.suspend])
def test_the_last_owner_stays_by_hand(acme, door, leave):
    with pytest.raises(LastOwner):
        leave(member_of(acme, "ada@acme.example"), by=Actor(door, "someone"))


@BY_HAND
def test_the_last_owner_keeps_the_role_by_hand(acme, door):
    with pytest.raises(LastOwner):
        members.set_role(member_of(acme, "ada@acme.example"), roles.get("member"), by=Actor(door, "someone"))


@BY_IDP
def test_the_directory_ends_the_last_owners_access_and_the_vacancy_is_told(acme, door):
    ada = member_of(acme, "ada@acme.example")

    members.suspend(ada, by=Actor(door, "directory"))

    assert ada.status is Status.SUSPENDED
    names = set(db.session.scalars(acme.events.select().with_only_columns(Event.name)))
    assert {"member.suspended", "organization.owner_vacant"} <= names


@EVERY_DOOR
def test_one_of_two_owners_may_go(acme, door):
    add_member(acme, "grace@acme.example", role="owner")
    ada = member_of(acme, "ada@acme.example")

    members.remove(ada, by=Actor(door, "someone"))

    assert ada.status is Status.REMOVED


@EVERY_DOOR
def test_who_comes_back_is_the_same_member(acme, door):
    membership = come_in(acme, door)
    actor = Actor(door, "someone")
    members.suspend(membership, by=actor)

    members.restore(membership, by=actor)

    assert (membership.status, membership.source) == (Status.ACTIVE, Source.MANUAL)
    assert members.find(acme, membership.user).id == membership.id
