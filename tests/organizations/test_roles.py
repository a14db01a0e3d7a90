"""Roles and permissions of the application, who may give them, and why somebody has them."""

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Event, Mode, Role
from portal.organizations import directories, explaining, invitations, members, organizations, roles
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.organizations.refusals import (
    BadRole,
    BuiltInRole,
    InternalRole,
    LastOwner,
    ManagedByDirectory,
    RoleInUse,
    RoleNotInPlan,
    UnknownPermission,
)
from portal.organizations.roles import Definition
from tests.factories import add_member, make_directory, member_of, provision
from tests.setup.conftest import send_group

ADA = Actor(Door.ACCOUNT, "", "Ada")
API = Actor(Door.API, "", "The application")
FILE = """
[permissions]
"notes:read" = "Read notes"
"notes:write" = "Write notes"

[roles.editor]
name = "Editor"
rank = 30
permissions = ["notes:read", "notes:write"]
plans = ["pro"]

[roles.reader]
permissions = ["notes:read"]
default = true

[roles.helper]
internal = true

[roles.admin]
permissions = ["notes:write"]
"""


@pytest.fixture
def loaded(app, tmp_path):
    path = tmp_path / "roles.toml"
    path.write_text(FILE)
    assert roles.load(path, by=OPERATOR) == (2, 4)
    db.session.commit()
    return path


def test_a_file_defines_permissions_and_roles(loaded):
    assert roles.get("editor").permissions == ["notes:read", "notes:write"]
    assert (roles.get("reader").name, roles.default().key) == ("Reader", "reader")
    assert [one.key for one in roles.permissions()] == ["notes:read", "notes:write"]
    assert {"manage_sso", "notes:write"} <= set(roles.get("admin").permissions)


def test_loading_it_again_leaves_no_trace(loaded):
    count = sa.select(sa.func.count()).select_from(Event)
    before = db.session.scalar(count)

    roles.load(loaded, by=OPERATOR)

    assert db.session.scalar(count) == before


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[roles.x]\npermissions = ["nothing"]', UnknownPermission),
        ("[roles.X]", BadRole),
        ("[roles.x]\ncolour = 1", ValueError),
        ("[roles.owner]\ninternal = true", BuiltInRole),
        ('[permissions]\nmanage_sso = "x"', UnknownPermission),
        ('[permissions]\n"No Space" = "x"', UnknownPermission),
    ],
)
def test_a_file_with_a_mistake_is_refused(app, tmp_path, text, error):
    path = tmp_path / "roles.toml"
    path.write_text(text)

    with pytest.raises(error):
        roles.load(path, by=OPERATOR)


def test_one_role_is_the_default_of_new_organizations(loaded):
    roles.define("other", Definition(is_default=True), by=OPERATOR)
    db.session.expire_all()

    assert [role.key for role in roles.every() if role.is_default] == ["other"]
    assert organizations.create("Initech", by=OPERATOR).default_role.key == "other"


def test_a_role_somebody_has_stays(loaded, acme):
    organizations.set_plan(acme, {"name": "pro"}, by=OPERATOR)
    bo = add_member(acme, "bo@acme.example", role="editor")

    with pytest.raises(RoleInUse):
        roles.remove(roles.get("editor"), by=OPERATOR)
    with pytest.raises(BuiltInRole):
        roles.remove(roles.get("member"), by=OPERATOR)
    members.set_role(bo, roles.get("member"), by=OPERATOR)
    roles.remove(roles.get("editor"), by=OPERATOR)
    assert roles.find("editor") is None


def test_a_removed_permission_is_gone_from_every_role(loaded):
    roles.remove_permission(roles.permissions()[1], by=OPERATOR)

    assert roles.get("editor").permissions == ["notes:read"]
    assert "notes:write" not in roles.get("admin").permissions


def test_a_plan_decides_which_roles_are_given(loaded, acme):
    bo = add_member(acme, "bo@acme.example")

    assert "editor" not in [role.key for role in roles.of(acme)]
    for refused in (
        lambda: members.set_role(bo, roles.get("editor"), by=ADA),
        lambda: members.set_role(bo, roles.get("editor"), by=API),
        lambda: invitations.invite(acme, "cy@acme.example", roles.get("editor"), by=ADA),
        lambda: organizations.set_default_role(acme, roles.get("editor"), by=API),
    ):
        with pytest.raises(RoleNotInPlan):
            refused()
    organizations.set_plan(acme, {"name": "pro"}, by=API)
    members.set_role(bo, roles.get("editor"), by=ADA)
    organizations.set_plan(acme, {"name": "free"}, by=API)
    assert [role.key for role in bo.roles] == ["editor"], "what somebody holds stays"


def test_an_internal_role_is_given_and_taken_by_the_application_only(loaded, acme):
    bo, helper = add_member(acme, "bo@acme.example"), roles.get("helper")

    with pytest.raises(InternalRole):
        members.give_roles(bo, [roles.get("member"), helper], by=ADA)
    with pytest.raises(InternalRole):
        organizations.set_default_role(acme, helper, by=API)
    members.give_roles(bo, [roles.get("member"), helper], by=API)
    members.set_role(bo, roles.get("admin"), by=ADA)
    assert {role.key for role in bo.roles} == {"admin", "helper"}
    members.set_role(bo, roles.get("admin"), by=API)
    assert [role.key for role in bo.roles] == ["admin"]


def test_several_roles_allow_what_any_of_them_allows(loaded, acme):
    bo = add_member(acme, "bo@acme.example", role="reader")

    assert members.give_roles(bo, [roles.get("reader"), roles.get("admin")], by=OPERATOR)
    assert not members.give_roles(bo, [roles.get("admin"), roles.get("reader")], by=OPERATOR)
    db.session.commit()
    db.session.expire_all()
    assert (bo.role.key, bo.may("notes:read"), bo.may("manage_sso")) == ("admin", True, True)


def test_the_last_owner_keeps_the_role_among_several(acme):
    ada = member_of(acme, "ada@acme.example")

    assert members.give_roles(ada, [roles.get("owner"), roles.get("admin")], by=ADA)
    with pytest.raises(LastOwner):
        members.give_roles(ada, [roles.get("admin")], by=ADA)


@pytest.fixture
def directory(acme):
    return make_directory(acme)


@pytest.fixture
def ruled(acme, directory):
    """Bo is in both groups, Cy in one, Di in none."""
    people = [provision(directory, f"{name}@acme.example") for name in ("bo", "cy", "di")]
    admins = send_group(directory, "Eng-Admins", people[0])
    staff = send_group(directory, "Staff", *people[:2])
    rules = [(admins, roles.get("admin")), (staff, roles.get("member"))]
    directories.set_group_roles(directory, rules, by=ADA)
    db.session.commit()
    return rules


def why(acme, name):
    return explaining.explain(member_of(acme, f"{name}@acme.example"))


def test_access_by_a_rule_is_explained(acme, ruled):
    said = why(acme, "bo")

    assert (said.source, said.position, said.of, said.otherwise.key) == ("rule", 1, 2, "member")
    assert said.words == "Admin, because group Eng-Admins, rule 1 of 2; would be Member if removed from it."


def test_access_without_a_rule_is_explained(acme, ruled):
    assert why(acme, "di").words == "Member, because none of the 2 group rules applies: it is the default."


def test_access_by_hand_is_explained(acme):
    bo = add_member(acme, "bo@acme.example")
    members.set_role(bo, roles.get("admin"), by=ADA)
    db.session.commit()

    assert why(acme, "bo").words.startswith("Admin, because Ada gave it on ")


def test_a_last_owner_is_explained(acme, directory, ruled):
    provision(directory, "ada@acme.example")

    assert "an organization keeps its last owner" in why(acme, "ada").words
    assert member_of(acme, "ada@acme.example").is_owner


def test_where_the_directory_decides_people_do_not(acme, directory, ruled):
    bo = member_of(acme, "bo@acme.example")

    for by in (ADA, API):
        with pytest.raises(ManagedByDirectory):
            members.set_role(bo, roles.get("member"), by=by)
    directories.set_mode(directory, Mode.PAUSED, by=ADA)
    assert members.set_role(bo, roles.get("member"), by=ADA)


def test_without_rules_people_decide(acme, directory):
    provision(directory, "bo@acme.example")

    assert members.set_role(member_of(acme, "bo@acme.example"), roles.get("admin"), by=ADA)


def test_what_other_rules_would_do_is_what_they_do(acme, directory, ruled):
    (admins, _), (staff, _) = ruled
    changed = [(staff, roles.get("admin")), (admins, roles.get("member"))]
    before = {one.email: [role.key for role in one.roles] for one in members.listed(acme)}

    told = explaining.what_if(directory, changed)
    assert {one.email: [role.key for role in one.roles] for one in members.listed(acme)} == before
    directories.set_group_roles(directory, changed, by=ADA)
    db.session.expire_all()

    assert [(one.email, one.before, one.after) for one in told] == [("cy@acme.example", "Member", "Admin")]
    after = {one.email: [role.key for role in one.roles] for one in members.listed(acme)}
    assert {email for email in after if after[email] != before[email]} == {one.email for one in told}


def test_a_rule_leaves_no_other_role_beside_its_own_but_internal_ones(loaded, acme, directory, ruled):
    cy = member_of(acme, "cy@acme.example")
    members.give_roles(cy, [roles.get("member"), roles.get("admin"), roles.get("helper")], by=OPERATOR)

    directories.set_group_roles(directory, ruled, by=ADA)
    db.session.commit()
    db.session.expire_all()

    assert {role.key for role in cy.roles} == {"member", "helper"}


def test_no_rule_gives_what_the_organization_may_not(loaded, acme, directory, ruled):
    (admins, _), _ = ruled

    with pytest.raises(RoleNotInPlan):
        directories.set_group_roles(directory, [(admins, roles.get("editor"))], by=ADA)
    with pytest.raises(InternalRole):
        directories.set_group_roles(directory, [(admins, roles.get("helper"))], by=API)


def test_every_role_that_is_built_in_keeps_what_it_was_built_with(app):
    for role in roles.every():
        built = list(role.permissions)
        roles.define(role.key, Definition(name="X", rank=1), by=OPERATOR)
        assert (role.permissions, role.name == "X") == (built, False)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Role)) == 3
