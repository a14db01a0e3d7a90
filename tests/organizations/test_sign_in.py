"""Who comes in through an IdP, as whom, and who does not (design.md §3, saml.md §6.8)."""

from dataclasses import dataclass

import pytest

from portal.extensions import db
from portal.models import Mode, Outsiders, Source
from portal.organizations import (
    connection_domains,
    connection_roles,
    connections,
    directories,
    domains,
    members,
    organizations,
    roles,
    sessions,
    sign_in,
    sync,
)
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.organizations.refusals import (
    AmbiguousPerson,
    MembershipEnded,
    NoEmail,
    NotAMember,
    NotProvisioned,
    OtherConnection,
    OutsideVerifiedDomains,
    SsoNotAllowed,
    SuspendedByDirectory,
)
from tests.factories import (
    add_member,
    directory_actor,
    make_connection,
    make_directory,
    make_user,
    member_of,
    provision,
)

IDP = Actor(Door.SAML)
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


@dataclass(frozen=True)
class Person:
    name_id: str = "grace@acme.example"
    name_id_format: str = EMAIL_FORMAT
    email: str = "grace@acme.example"
    given_name: str = "Grace"
    family_name: str = "Hopper"
    display_name: str = ""
    stable_id: str = ""
    groups: tuple = ()
    roles: tuple = ()
    groups_left_out: bool = False
    issuer: str = "https://idp.example/saml"

    @property
    def account(self):
        return "" if self.name_id_format.endswith(":transient") else sign_in.subject(self.name_id)

    @property
    def user_name(self):
        return self.name_id

    @property
    def is_forever(self):
        return self.name_id_format == PERSISTENT


@pytest.fixture
def okta(acme):
    return make_connection(acme)


def come(connection, **person):
    membership = sign_in.through(connection, Person(**person), by=IDP)
    db.session.commit()
    return membership


def test_a_stranger_of_a_verified_domain_becomes_a_member_just_in_time(okta):
    grace = come(okta)

    assert (grace.source, grace.name, grace.user.home_organization_id) == (Source.SSO, "Grace Hopper", None)


def test_a_second_sign_in_is_the_same_member(okta):
    assert come(okta).id == come(okta).id


def test_a_renamed_person_keeps_the_account(okta):
    first = come(okta, name_id="00u1", name_id_format=PERSISTENT)

    assert come(okta, name_id="00u1", name_id_format=PERSISTENT, email="hopper@acme.example").id == first.id


def test_a_person_whose_name_id_changed_is_known_by_the_stable_id(okta):
    first = come(okta, stable_id="00u1")
    renamed = come(okta, name_id="lovelace@acme.example", email="lovelace@acme.example", stable_id="00u1")

    assert renamed.id == first.id
    assert (renamed.email, renamed.user.email) == ("lovelace@acme.example", "lovelace@acme.example")
    assert come(okta, name_id="lovelace@acme.example", email="lovelace@acme.example").id == first.id


def test_people_without_a_stable_id_are_not_each_other(okta):
    assert come(okta).id != come(okta, name_id="alan@acme.example", email="alan@acme.example").id


def test_a_name_follows_the_idp_at_each_sign_in(okta):
    come(okta)

    assert come(okta, family_name="Murray Hopper").name == "Grace Murray Hopper"


def test_an_address_outside_the_verified_domains_changes_for_the_organization_only(okta):
    come(okta, name_id="00u1", name_id_format=PERSISTENT)
    moved = come(okta, name_id="00u1", name_id_format=PERSISTENT, email="grace@elsewhere.example")

    assert (moved.email, moved.user.email) == ("grace@elsewhere.example", "grace@acme.example")


def test_with_a_live_directory_a_sign_in_changes_neither_name_nor_role(okta, acme):
    provision(make_directory(acme), "grace@acme.example", display_name="Grace H.")
    connection_roles.set_rules(okta, [("admins", roles.get("admin"))], by=OPERATOR)

    grace = come(okta, groups=("admins",))

    assert (grace.name, grace.role.key) == ("Grace H.", "member")


@pytest.fixture
def chosen(okta):
    connections.set_mapping(okta, {"stable_id": "employeeNumber"}, by=OPERATOR)
    return okta


def test_an_address_that_now_comes_with_another_id_is_somebody_else(chosen):
    come(chosen, stable_id="17")

    with pytest.raises(AmbiguousPerson):
        come(chosen, stable_id="18")


def test_ids_from_another_attribute_lock_nobody_out(chosen):
    first = come(chosen, stable_id="17")
    connections.set_mapping(chosen, {"stable_id": "objectGUID"}, by=OPERATOR)

    assert come(chosen, stable_id="a-guid").id == first.id


def test_a_persistent_name_is_never_somebody_else(chosen):
    first = come(chosen, name_id="p1", name_id_format=PERSISTENT, stable_id="17")

    assert come(chosen, name_id="p1", name_id_format=PERSISTENT, stable_id="18").id == first.id


@pytest.fixture
def entra(acme, okta):
    """A second connection, with a domain whose people sign in through it alone."""
    made = make_connection(acme, idp="entra")
    domain = domains.claim(acme, "labs.example", by=OPERATOR)
    domains.verify_by_staff(domain, by=OPERATOR)
    connection_domains.bind(domain, made, by=OPERATOR)
    db.session.commit()
    return made


def test_a_domain_bound_to_a_connection_leads_there_and_others_are_a_choice(entra, okta):
    assert connection_domains.for_email("x@labs.example") == [entra]
    assert connection_domains.for_email("x@acme.example") == [okta, entra]


def test_a_bound_domain_whose_connection_is_off_leads_nowhere(entra):
    connections.disable(entra, by=OPERATOR)

    assert connection_domains.for_email("x@labs.example") == []


def test_one_idp_does_not_speak_for_the_people_of_another(entra, okta):
    come(entra, name_id="x@labs.example", email="x@labs.example")

    with pytest.raises(OtherConnection):
        come(okta, name_id="x@labs.example", email="x@labs.example")


def test_it_does_not_do_so_by_a_stable_id_either(entra, okta, acme):
    directory = make_directory(acme)
    provision(directory, "x@labs.example", external_id="00u1")

    with pytest.raises(OtherConnection):
        come(okta, name_id="other", name_id_format=PERSISTENT, email="y@acme.example", stable_id="00u1")


def test_a_member_by_invitation_is_linked_by_e_mail(acme, okta):
    ada = come(okta, name_id="ada@acme.example", email="ADA@acme.example")

    assert ada.id == member_of(acme, "ada@acme.example").id


def test_an_address_given_to_somebody_else_does_not_bring_the_former_account(okta):
    come(okta, name_id="00u1", name_id_format=PERSISTENT)

    with pytest.raises(AmbiguousPerson):
        come(okta, name_id="00u2", name_id_format=PERSISTENT)


def test_nobody_is_linked_by_an_address_outside_the_verified_domains(okta, acme):
    eve = make_user("eve@elsewhere.example", password="a long password")

    membership = come(okta, name_id="eve@elsewhere.example", email="eve@elsewhere.example")

    assert membership.user_id != eve.id
    assert membership.user.home_organization_id == acme.id


def test_such_a_person_stays_outside_where_that_is_the_policy(okta, acme):
    organizations.set_policy(acme, by=OPERATOR, outsiders=Outsiders.REVIEW)

    with pytest.raises(OutsideVerifiedDomains):
        come(okta, name_id="eve@elsewhere.example", email="eve@elsewhere.example")


def test_nobody_is_added_where_just_in_time_is_off(okta, acme):
    organizations.set_policy(acme, by=OPERATOR, just_in_time=False)

    with pytest.raises(NotAMember):
        come(okta)


def test_with_a_live_directory_nobody_is_made_just_in_time(okta, acme):
    make_directory(acme)

    with pytest.raises(NotProvisioned):
        come(okta)


def test_a_provisioned_person_comes_in_by_stable_id(okta, acme):
    person = provision(make_directory(acme), "grace@acme.example", external_id="00u1")

    membership = come(okta, name_id="g.hopper", name_id_format=PERSISTENT, email="other@acme.example", stable_id="00u1")

    assert membership.id == person.membership_id


def test_whom_the_directory_suspended_is_refused_with_words(okta, acme):
    directory = make_directory(acme)
    person = provision(directory, "grace@acme.example")
    come(okta)
    person.active = False
    sync.apply_user(directory, person, by=directory_actor(directory))

    with pytest.raises(SuspendedByDirectory):
        come(okta)


def test_just_in_time_never_revives_whom_the_directory_suspended(okta, acme):
    directory = make_directory(acme)
    person = provision(directory, "grace@acme.example")
    person.active = False
    sync.apply_user(directory, person, by=directory_actor(directory))
    directories.set_mode(directory, Mode.OFF, by=OPERATOR)

    with pytest.raises(SuspendedByDirectory):
        come(okta)


def test_whom_an_admin_removed_stays_out(okta, acme):
    members.remove(come(okta), by=OPERATOR)

    with pytest.raises(MembershipEnded):
        come(okta)


def test_without_an_e_mail_nobody_new_comes_in(okta):
    with pytest.raises(NoEmail):
        come(okta, name_id="00u1", name_id_format=PERSISTENT, email="")


def test_the_switch_of_the_organization_counts_at_once(okta, acme):
    organizations.set_policy(acme, by=OPERATOR, sso_allowed=False)

    with pytest.raises(SsoNotAllowed):
        come(okta)


def test_a_session_reaches_other_organizations_only_from_a_verified_domain(okta, acme, globex):
    grace = come(okta)
    add_member(globex, grace.user)
    eve = come(okta, name_id="eve@elsewhere.example", email="eve@elsewhere.example")

    through_own_domain, _ = sessions.open_through(okta, grace, by=IDP)
    from_outside, _ = sessions.open_through(okta, eve, by=IDP)

    assert through_own_domain.reaches(globex.id)
    assert from_outside.reaches(acme.id)
    assert not from_outside.reaches(globex.id)


def test_suspension_ends_the_sessions_of_this_organization_at_once(okta, acme):
    grace = come(okta)
    _, secret = sessions.open_through(okta, grace, by=IDP)

    members.suspend(grace, by=OPERATOR)
    db.session.commit()
    db.session.expire_all()

    assert sessions.find(secret).revoked_at is not None
