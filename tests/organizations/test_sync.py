"""What the IdP says becomes what is in force (design.md §3)."""

import pytest

from portal.extensions import db
from portal.models import (
    Applied,
    DirectoryGroup,
    DirectoryGroupMember,
    Event,
    Leavers,
    Membership,
    Mode,
    Outsiders,
    Source,
    Status,
    User,
)
from portal.models.base import key
from portal.organizations import directories, domains, members, organizations, roles, sync
from portal.organizations.actors import OPERATOR
from portal.organizations.people import Step
from portal.organizations.refusals import ManagedByDirectory
from tests.factories import add_member, directory_actor, make_directory, make_user, member_of, provision


def say(directory, person, **changes):
    """The IdP changes what it says of a person."""
    for name, value in changes.items():
        setattr(person, name, value)
    person.user_name_key, person.email_key = key(person.user_name), key(person.email)
    sync.apply_user(directory, person, by=directory_actor(directory))
    db.session.commit()


def put_in_group(directory, name, *people):
    group = DirectoryGroup(
        organization_id=directory.organization_id,
        directory_id=directory.id,
        display_name=name,
        display_name_key=key(name),
        data={},
    )
    db.session.add(group)
    db.session.flush()
    for person in people:
        db.session.add(
            DirectoryGroupMember(organization_id=group.organization_id, group_id=group.id, directory_user_id=person.id)
        )
    db.session.commit()
    return group


def test_a_new_person_becomes_a_member(acme):
    directory = make_directory(acme)

    person = provision(directory, "grace@acme.example")

    grace = member_of(acme, "grace@acme.example")
    assert (grace.status, grace.source, grace.role.key) == (Status.ACTIVE, Source.DIRECTORY, "member")
    assert (person.membership_id, person.applied) == (grace.id, Applied.APPLIED)


def test_two_long_names_make_one_that_is_kept(acme):
    directory = make_directory(acme)

    provision(directory, "grace@acme.example", display_name="", given_name="G" * 320, family_name="H" * 320)

    assert member_of(acme, "grace@acme.example").name == "G" * 320


def test_a_member_with_the_same_address_is_adopted(acme):
    grace = add_member(acme, "grace@acme.example", role="admin")

    person = provision(make_directory(acme), "Grace@ACME.example")

    assert person.membership_id == grace.id
    assert [role.key for role in grace.roles] == ["admin"]


def test_a_rename_never_makes_a_second_person(acme):
    directory = make_directory(acme)
    person = provision(directory, "grace@acme.example")

    say(directory, person, user_name="hopper@acme.example", email="hopper@acme.example", display_name="Grace Hopper")

    renamed = member_of(acme, "hopper@acme.example")
    assert (renamed.id, renamed.name, renamed.user.email) == (
        person.membership_id,
        "Grace Hopper",
        "hopper@acme.example",
    )
    assert organizations.count_members(acme) == 2


def test_deactivation_suspends_and_reactivation_brings_the_same_member_back(acme):
    directory = make_directory(acme)
    person = provision(directory, "grace@acme.example")

    say(directory, person, active=False)
    suspended = member_of(acme, "grace@acme.example").status
    say(directory, person, active=True)

    assert suspended is Status.SUSPENDED
    assert member_of(acme, "grace@acme.example").id == person.membership_id
    assert member_of(acme, "grace@acme.example").active


def test_only_the_directory_lifts_its_own_suspension(acme):
    directory = make_directory(acme)
    person = provision(directory, "grace@acme.example")
    say(directory, person, active=False)

    with pytest.raises(ManagedByDirectory):
        members.restore(member_of(acme, "grace@acme.example"), by=OPERATOR)


@pytest.mark.parametrize(("choice", "status"), [(Leavers.SUSPEND, Status.SUSPENDED), (Leavers.REMOVE, Status.REMOVED)])
def test_a_deleted_person_leaves_as_the_organization_chose(acme, choice, status):
    directory = make_directory(acme)
    person = provision(directory, "grace@acme.example")
    organizations.set_policy(acme, by=OPERATOR, leavers=choice)

    sync.forget_user(directory, person, by=directory_actor(directory))

    assert member_of(acme, "grace@acme.example").status is status


def test_a_person_outside_the_verified_domains_exists_for_this_organization_only(acme):
    stranger = make_user("eve@elsewhere.example", password="a long password")

    person = provision(make_directory(acme), "eve@elsewhere.example")

    membership = db.session.get(Membership, person.membership_id)
    assert membership.user.id != stranger.id
    assert membership.user.home_organization_id == acme.id


def test_such_a_person_waits_where_that_is_the_policy(acme):
    organizations.set_policy(acme, by=OPERATOR, outsiders=Outsiders.REVIEW)

    person = provision(make_directory(acme), "eve@elsewhere.example")

    assert (person.applied, person.membership_id) == (Applied.REVIEW, None)


def test_a_person_of_a_verified_domain_is_the_user_they_were(acme):
    grace = make_user("grace@acme.example")

    person = provision(make_directory(acme), "grace@acme.example")

    assert db.session.get(Membership, person.membership_id).user_id == grace.id


def test_a_directory_never_renames_somebody_into_a_domain_it_does_not_own(acme, globex):
    directory = make_directory(acme)
    person = provision(directory, "grace@acme.example")

    say(directory, person, email="grace@globex.example")

    membership = db.session.get(Membership, person.membership_id)
    assert (membership.email, membership.user.email) == ("grace@globex.example", "grace@acme.example")


def test_nothing_is_applied_in_shadow_and_the_preview_tells_what_would_be(acme):
    add_member(acme, "grace@acme.example")
    directory = make_directory(acme, mode=Mode.SHADOW)
    for email in ("grace@acme.example", "linus@acme.example"):
        provision(directory, email)
    provision(directory, "nomail", email="")

    steps = [row.decision.step for row in sync.preview(directory)]

    assert steps == [Step.LINK, Step.CREATE, Step.CONFLICT]
    assert organizations.count_members(acme) == 2
    assert [member.email for member in sync.untouched(directory)] == ["ada@acme.example"]


def test_switching_on_does_what_the_preview_said(acme):
    directory = make_directory(acme, mode=Mode.SHADOW)
    people = [provision(directory, f"person{number}@acme.example") for number in range(5)]

    directories.set_mode(directory, Mode.LIVE, by=OPERATOR)

    assert {person.applied for person in people} == {Applied.APPLIED}
    assert organizations.count_members(acme) == 6


def test_the_first_matching_rule_gives_the_role(acme):
    directory = make_directory(acme)
    grace, linus = provision(directory, "grace@acme.example"), provision(directory, "linus@acme.example")
    admins, everyone = put_in_group(directory, "Admins", grace), put_in_group(directory, "Everyone", grace, linus)

    rules = [(admins, roles.get("admin")), (everyone, roles.get("member"))]
    directories.set_group_roles(directory, rules, by=OPERATOR)

    assert member_of(acme, "grace@acme.example").role.key == "admin"
    assert member_of(acme, "linus@acme.example").role.key == "member"


def test_leaving_a_group_takes_its_role_away(acme):
    directory = make_directory(acme)
    grace = provision(directory, "grace@acme.example")
    admins = put_in_group(directory, "Admins", grace)
    directories.set_group_roles(directory, [(admins, roles.get("admin"))], by=OPERATOR)
    db.session.execute(db.delete(DirectoryGroupMember))

    sync.apply_group_change(directory, [grace.id], by=directory_actor(directory))

    assert member_of(acme, "grace@acme.example").role.key == "member"


def test_the_rules_never_take_the_last_owners_role(acme):
    directory = make_directory(acme)
    provision(directory, "ada@acme.example")
    group = put_in_group(directory, "Engineering")

    directories.set_group_roles(directory, [(group, roles.get("admin"))], by=OPERATOR)

    assert member_of(acme, "ada@acme.example").role.key == "owner"


def test_two_people_of_the_directory_never_share_a_member(acme):
    directory = make_directory(acme)
    provision(directory, "grace@acme.example")

    second = provision(directory, "g.hopper", email="grace@acme.example")

    assert (second.applied, second.membership_id) == (Applied.CONFLICT, None)
    assert "linked" in second.problem


def test_a_full_organization_says_so_at_the_person(acme):
    organizations.set_policy(acme, by=OPERATOR, seats=1)

    person = provision(make_directory(acme), "grace@acme.example")

    assert person.applied is Applied.CONFLICT
    assert "seat" in person.problem


def test_another_organization_notices_nothing(acme, globex):
    hank = member_of(globex, "hank@globex.example")
    add_member(acme, hank.user)
    directory = make_directory(acme)
    person = provision(directory, "hank@globex.example")

    say(directory, person, active=False)

    assert member_of(acme, "hank@globex.example").status is Status.SUSPENDED
    assert hank.status is Status.ACTIVE
    assert not db.session.scalars(globex.events.select().where(Event.name == "member.suspended")).all()


def test_an_unverified_claim_has_no_effect(acme):
    make_user("bob@new.example")
    domains.claim(acme, "new.example", by=OPERATOR)

    person = provision(make_directory(acme), "bob@new.example")

    assert (
        db.session.get(User, db.session.get(Membership, person.membership_id).user_id).home_organization_id == acme.id
    )


def test_one_address_that_is_none_keeps_nobody_else_out(acme):
    directory = make_directory(acme, mode=Mode.SHADOW)
    broken = provision(directory, "broken", email="not an address")
    provision(directory, "grace@acme.example")

    directories.set_mode(directory, Mode.LIVE, by=OPERATOR)
    db.session.commit()

    assert broken.applied is Applied.CONFLICT
    assert "e-mail address" in broken.problem
    assert member_of(acme, "grace@acme.example").active
