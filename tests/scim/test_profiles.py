"""What the interoperability profile (draft-zollner-scim-interop-profile) and IPSIE ask of a server beyond the RFCs."""

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Event, Exchange
from portal.scim.attributes import CORE_USER
from tests.factories import provision
from tests.scim.test_groups import members
from tests.scim.test_groups import patch as patch_group
from tests.scim.test_users import GRACE, patch


@pytest.fixture
def grace(idp):
    other = {"value": "grace@home.example", "type": "home"}
    alan = {"value": "alan@acme.example", "primary": True}
    idp.create("alan@acme.example", externalId="Ext-2", emails=[alan, {"value": GRACE, "type": "home"}])
    return idp.create(externalId="Ext-1", emails=[{"value": GRACE, "type": "work", "primary": True}, other])


@pytest.mark.parametrize(
    "expression",
    [
        f'userName eq "{GRACE}"', 'externalId eq "Ext-1"', 'emails[value eq "grace@home.example"]',
        'emails.value eq "grace@home.example"',
        f'emails[type eq "work" and value eq "{GRACE}"]', f'emails[type eq "work"].value eq "{GRACE.upper()}"',
        f'emails[primary eq true and value eq "{GRACE}"]',
    ],
)  # fmt: skip
def test_people_are_matched_by_every_filter_of_the_profile(idp, grace, expression):
    assert [one["id"] for one in idp.find(expression)] == [grace["id"]]


def test_groups_are_matched_by_every_filter_of_the_profile(idp, grace):
    idp.create_group("Other")
    body = {"displayName": "Engineering", "externalId": "G-1", "members": [{"value": grace["id"]}]}
    group = idp.ask("POST", "/Groups", body).json["id"]

    for expression in ('displayName eq "engineering"', 'externalId eq "G-1"', f'members[value eq "{grace["id"]}"]',
                       f'members.value eq "{grace["id"]}"'):  # fmt: skip
        assert [one["id"] for one in idp.find(expression, "Groups")] == [group], expression


def test_one_change_of_a_group_takes_fifty_operations(idp):
    people = [str(provision(idp.directory, f"p{number}@acme.example", apply=False).id) for number in range(60)]
    group = idp.create_group(members=people[:10])
    operations = [{"op": "add", "path": "members", "value": [{"value": one}]} for one in people[10:]]

    answer = patch_group(idp, group, *operations, {"op": "remove", "path": f'members[value eq "{people[0]}"]'})

    assert answer.status_code == 204
    assert members(idp, group) == set(people[1:])


def test_a_page_holds_a_hundred_unless_asked_for_more(idp):
    for number in range(130):
        provision(idp.directory, f"p{number}@acme.example", apply=False)

    pages = [idp.ask("GET", f"/Users{query}").json for query in ("", "?count=125", "?cursor=")]

    assert [page["itemsPerPage"] for page in pages] == [100, 125, 100]
    assert {page["totalResults"] for page in pages} == {130}


def test_what_kinds_of_values_there_are_is_published(idp):
    rows = {one["name"]: one for one in idp.ask("GET", f"/Schemas/{CORE_USER}").json["attributes"]}

    for name in ("emails", "phoneNumbers", "addresses", "photos", "ims"):
        kinds = next(part for part in rows[name]["subAttributes"] if part["name"] == "type")
        assert kinds["canonicalValues"], name
    assert "password" not in rows


def test_a_path_nobody_knows_is_refused_and_an_attribute_nobody_knows_is_not(idp, grace):
    refused = patch(idp, grace, {"op": "replace", "path": "favouriteColour", "value": "blue"})

    assert (refused.status_code, refused.json["scimType"]) == (400, "invalidPath")
    assert patch(idp, grace, {"op": "replace", "value": {"favouriteColour": "blue"}}).status_code == 200
    assert idp.ask("PUT", f"/Users/{grace['id']}", {"userName": GRACE, "favouriteColour": "blue"}).status_code == 200


def test_every_write_leaves_its_record(idp, grace):
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Exchange))

    patch(idp, grace, {"op": "replace", "path": "active", "value": False})
    group = idp.create_group(members=[grace["id"]])
    idp.ask("PUT", f"/Groups/{group['id']}", {"displayName": "Other"})
    idp.ask("DELETE", f"/Groups/{group['id']}")
    idp.ask("DELETE", f"/Users/{grace['id']}")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Exchange)) == before + 5
    assert "member.suspended" in db.session.scalars(sa.select(Event.name)).all()
