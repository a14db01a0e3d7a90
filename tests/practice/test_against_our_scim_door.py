"""Each practice IdP lives with the real SCIM door: what happens at the IdP is in force here at once."""

import pytest

from portal.extensions import db
from portal.models import DirectoryGroup, DirectoryGroupMember, DirectoryUser, Membership
from portal.organizations import tokens
from portal.organizations.actors import OPERATOR
from portal.practice import pushing
from portal.practice.others import JUMPCLOUD, ONELOGIN
from portal.practice.personalities import ENTRA, OKTA, OKTA_CATALOGUE
from tests.factories import make_directory, make_organization, member_of
from tests.practice.fixtures import make_tenant

FLAG = "?aadOptscim062020"
GRACE = "grace@acme.example"


@pytest.fixture(
    params=[(OKTA, ""), (OKTA_CATALOGUE, ""), (ENTRA, ""), (ENTRA, FLAG), (ONELOGIN, ""), (JUMPCLOUD, "")],
    ids=["okta", "okta-catalogue", "entra", "entra-flag", "onelogin", "jumpcloud"],
)
def world(live, request):
    """A company whose live directory is connected to a practice IdP that has pushed everybody."""
    personality, flag = request.param
    company = make_organization("Acme", domain="acme.example", owner="owner@acme.example")
    directory = make_directory(company, idp=personality.guide)
    _, secret = tokens.issue(directory, by=OPERATOR)
    tenant, address = make_tenant(personality), directory.base_url + flag
    db.session.commit()
    db.session.rollback()
    pushing.connect(tenant, address, secret)
    pushing.push_everybody(tenant)
    assert tenant.problems == []
    return company, tenant


def grace(company):
    db.session.rollback()
    return member_of(company, GRACE)


def push(tenant, person):
    db.session.rollback()
    pushing.push_person(tenant, person)
    assert tenant.problems == []


def groups():
    db.session.rollback()
    counted = db.select(DirectoryGroup.display_name, db.func.count(DirectoryGroupMember.group_id))
    joined = counted.outerjoin(DirectoryGroupMember, DirectoryGroupMember.group_id == DirectoryGroup.id)
    found = dict(db.session.execute(joined.group_by(DirectoryGroup.id)).all())
    db.session.rollback()  # the server needs the database now
    return found


def test_everybody_arrives(world):
    company, tenant = world

    for person in tenant.cast.people:
        db.session.rollback()
        assert member_of(company, person.user_name).active


def test_pushing_again_makes_nobody_twice(world):
    _, tenant = world
    pushing.forget_pushed(tenant.cast)

    for person in tenant.cast.people:
        push(tenant, person)

    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(DirectoryUser)) == 6


@pytest.mark.parametrize("change", ["active", "assigned"])
def test_whoever_leaves_is_suspended_and_comes_back_the_same(world, change):
    company, tenant = world
    person, before = tenant.cast.named(GRACE), grace(company).id

    setattr(person, change, False)
    push(tenant, person)
    assert not grace(company).active

    setattr(person, change, True)
    push(tenant, person)
    assert grace(company).active
    assert grace(company).id == before


def test_a_rename_never_makes_a_second_person(world):
    company, tenant = world
    person, before = tenant.cast.named(GRACE), grace(company).id

    person.user_name, person.family_name = "grace.murray@acme.example", "Murray"
    push(tenant, person)

    db.session.rollback()
    renamed = db.session.get(Membership, before)
    assert (renamed.email, renamed.name) == ("grace.murray@acme.example", "Grace Murray")


def test_deletion_ends_access(world):
    company, tenant = world

    db.session.rollback()
    pushing.delete_person(tenant, tenant.cast.named(GRACE))

    assert tenant.problems == []
    assert not grace(company).active
    assert tenant.cast.named(GRACE) is None


def test_groups_arrive_with_their_members_and_follow_them(world):
    _, tenant = world
    db.session.rollback()
    pushing.push_groups(tenant)
    assert groups() == {"Engineering": 3, "IT": 1}

    engineering = tenant.cast.groups[0]
    engineering.members = [tenant.cast.named("ada@acme.example").id, *engineering.members[1:]]
    pushing.push_group(tenant, engineering)
    assert groups() == {"Engineering": 3, "IT": 1}

    engineering.members = engineering.members[:1]
    pushing.push_group(tenant, engineering)
    assert tenant.problems == []
    assert groups() == {"Engineering": 1, "IT": 1}


def test_a_renamed_group_stays_one(world):
    _, tenant = world
    db.session.rollback()
    pushing.push_groups(tenant)

    tenant.cast.groups[0].name = "Builders"
    pushing.push_groups(tenant)

    assert tenant.problems == []
    assert groups() == {"Builders": 3, "IT": 1}


def test_a_deleted_group_is_gone(world):
    _, tenant = world
    db.session.rollback()
    pushing.push_groups(tenant)

    pushing.delete_group(tenant, tenant.cast.groups[0])

    assert groups() == {"IT": 1}


def test_a_wrong_token_is_said_in_the_idps_console(live):
    company = make_organization("Acme", domain="acme.example")
    address, tenant = make_directory(company).base_url, make_tenant(OKTA)
    db.session.rollback()

    pushing.connect(tenant, address, "wrong")

    assert not tenant.cast.provisioning.connected
    assert "401" in tenant.problems[0]
