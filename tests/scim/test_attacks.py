"""What a company's IdP, or somebody who holds its token, must not reach by what they send."""

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryGroup, User
from portal.organizations import directories, roles
from portal.organizations.actors import OPERATOR
from tests.factories import make_user, member_of
from tests.scim.test_groups import patch as patch_group
from tests.scim.test_users import GRACE, patch

ASSIGNED = {
    "roles": [{"value": "owner", "primary": True}], "entitlements": [{"value": "manage_sso"}], "groups": [{"value": "x"}],
    "role": "owner", "is_admin": True, "is_staff": True, "organization_id": "x", "directory_id": "x", "membership_id": "x",
    "password_hash": "x", "applied": "applied", "version": 99, "data": {"a": 1}, "user_name_key": "ada@acme.example",
    "home_organization": "x", "email_verified_at": "2026-01-01T00:00:00Z", "__class__": "x", "constructor": "x",
    "__proto__": {"active": False},
}  # fmt: skip


def user_of(email):
    return db.session.scalars(sa.select(User).where(User.email == email)).one()


@pytest.mark.parametrize("name", ASSIGNED)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_nothing_is_assigned_that_is_no_attribute(idp, acme, name, method):  # SCIM-5
    body = {"userName": GRACE, "active": True, name: ASSIGNED[name]}
    if method == "POST":
        answer = idp.ask(method, "/Users", body)
    else:
        user, change = idp.create(), {"Operations": [{"op": "replace", "value": body}]}
        answer = idp.ask(method, f"/Users/{user['id']}", body if method == "PUT" else change)

    assert answer.status_code in (200, 201)
    assert name in ("roles", "entitlements") or name not in answer.json
    grace = member_of(acme, GRACE)
    assert (grace.role.key, grace.user.is_staff, grace.active) == ("member", False, True)


@pytest.mark.parametrize(
    "external_id", ["0", "1", "-1", "{owner}", "{user}", "{staff}", "{organization}", "../1", "admin"]
)
def test_an_external_id_is_a_key_to_nobody(idp, acme, external_id):  # SCIM-2
    owner, staff = member_of(acme, "ada@acme.example"), make_user("staff@vestibule.example", staff=True)
    known = {"owner": owner.id, "user": owner.user_id, "staff": staff.id, "organization": acme.id}

    idp.create(externalId=external_id.format(**known), id=str(owner.user_id))
    patch(idp, {"id": idp.find(f'userName eq "{GRACE}"')[0]["id"]}, {"op": "replace", "path": "active", "value": False})

    assert not member_of(acme, GRACE).active
    assert member_of(acme, "ada@acme.example").active
    assert user_of("staff@vestibule.example").is_staff


def test_a_group_renamed_to_one_that_gives_a_role_gives_none(idp, acme):  # SCIM-6
    admins, others = idp.create_group("Admins"), idp.create_group("Others", [idp.create()["id"]])
    row = db.session.scalars(sa.select(DirectoryGroup).where(DirectoryGroup.display_name == "Admins")).one()
    directories.set_group_roles(idp.directory, [(row, roles.get("admin"))], by=OPERATOR)
    db.session.commit()

    patch_group(idp, admins, {"op": "replace", "path": "displayName", "value": "Former"})
    patch_group(idp, others, {"op": "replace", "path": "displayName", "value": "Admins"})
    patch_group(
        idp, others, {"op": "add", "path": "members", "value": [{"value": idp.create("alan@acme.example")["id"]}]}
    )

    assert member_of(acme, GRACE).role.key == member_of(acme, "alan@acme.example").role.key == "member"


def test_a_group_deleted_and_made_again_gives_no_role(idp, acme):  # SCIM-6
    group = idp.create_group("Admins")
    row = db.session.scalars(sa.select(DirectoryGroup)).one()
    directories.set_group_roles(idp.directory, [(row, roles.get("admin"))], by=OPERATOR)
    db.session.commit()

    idp.ask("DELETE", f"/Groups/{group['id']}")
    idp.create_group("Admins", [idp.create()["id"]])

    assert member_of(acme, GRACE).role.key == "member"


@pytest.mark.parametrize("email", ["hank@globex.example", "HANK@globex.example", "staff@vestibule.example"])
def test_somebody_elses_address_is_somebody_elses_account(idp, acme, globex, email):  # SCIM-4
    make_user("staff@vestibule.example", staff=True)
    db.session.commit()
    before = user_of(email.lower()).id

    user = idp.create(email)
    patch(idp, user, {"op": "replace", "path": "displayName", "value": "Taken over"})
    mine = member_of(acme, email).user

    assert mine.id != before
    assert mine.home_organization_id == acme.id
    assert db.session.get(User, before).name != "Taken over"


@pytest.mark.parametrize("email", ["hank@globex.example", "ada@acme.example"])
def test_a_change_of_address_takes_over_nobody(idp, acme, globex, email):  # SCIM-4
    before = user_of(email).id
    user = idp.create()
    mine = member_of(acme, GRACE).user_id

    patch(idp, user, {"op": "replace", "path": 'emails[type eq "work"].value', "value": email})

    assert user_of(GRACE).id == mine != before
    assert db.session.get(User, before).email == email
