"""Roles that follow from the groups an IdP names at sign-in, where no directory decides."""

import pytest

from portal.extensions import db
from portal.organizations import connection_roles, members, roles
from portal.organizations.actors import OPERATOR
from tests.factories import make_connection, member_of
from tests.organizations.test_sign_in import come


@pytest.fixture
def okta(acme):
    made = make_connection(acme)
    rules = [("App Owners", roles.get("owner")), ("App Admins", roles.get("admin"))]
    connection_roles.set_rules(made, rules, by=OPERATOR)
    db.session.commit()
    return made


def role(connection, **said):
    return come(connection, **said).role.key


@pytest.mark.parametrize(("said", "given"), [
    ({"groups": ("Everyone", "App Admins")}, "admin"),
    ({"groups": ("app admins",)}, "admin"),
    ({"groups": ("App Admins", "App Owners")}, "owner"),
    ({"roles": ("App Admins",)}, "admin"),
    ({"groups": ("Everyone",)}, "member"),
    ({}, "member"),
])  # fmt: skip
def test_the_first_rule_that_fits_gives_a_newcomers_role(okta, said, given):
    assert role(okta, **said) == given


def test_the_role_follows_at_each_sign_in(okta):
    assert role(okta, groups=("App Admins",)) == "admin"
    assert role(okta, groups=()) == "member"


def test_groups_that_an_idp_could_not_name_take_nothing_away(okta):
    role(okta, groups=("App Admins",))

    assert role(okta, groups=(), groups_left_out=True) == "admin"


def test_without_rules_a_role_given_by_hand_stays(okta, acme):
    connection_roles.set_rules(okta, [], by=OPERATOR)
    come(okta)
    members.set_role(member_of(acme, "grace@acme.example"), roles.get("admin"), by=OPERATOR)

    assert role(okta) == "admin"


def test_the_last_owner_keeps_the_role_whatever_the_groups(okta):
    assert role(okta, name_id="ada@acme.example", email="ada@acme.example", groups=()) == "owner"


def test_of_two_rules_for_one_group_the_first_counts(okta):
    rules = [("Staff", roles.get("admin")), ("STAFF ", roles.get("owner")), (" ", roles.get("owner"))]
    connection_roles.set_rules(okta, rules, by=OPERATOR)

    assert [(rule.value, rule.role.key) for rule in connection_roles.listed(okta)] == [("Staff", "admin")]
