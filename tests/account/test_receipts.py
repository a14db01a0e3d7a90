"""Receipts and roles as an organization's own people see them."""

import json

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.extensions import db
from portal.models import Receipt
from portal.organizations import directories, members, roles
from portal.organizations.actors import OPERATOR
from portal.organizations.roles import Definition
from tests.clients import soup, text
from tests.factories import add_member, make_directory, member_of, provision
from tests.setup.conftest import send_group

RECEIPTS = "/organizations/acme/activity/receipts"


@pytest.fixture
def ada(client, acme, sign_in):
    sign_in(client, member_of(acme, "ada@acme.example").user)
    return client


@pytest.fixture
def receipt(acme):
    members.suspend(add_member(acme, "bo@acme.example"), by=OPERATOR)
    db.session.commit()
    return db.session.scalars(db.select(Receipt)).one()


def test_a_receipt_is_listed_shown_and_downloaded_with_a_signature(ada, receipt):
    listed, shown = ada.get(RECEIPTS), ada.get(f"{RECEIPTS}/{receipt.id}")
    file = json.loads(ada.get(f"{RECEIPTS}/{receipt.id}.json").data)
    keys = KeySet.import_key_set(ada.get("/.well-known/jwks.json").get_json())

    assert "Bo" in text(listed)
    assert "Access was off" in text(shown)
    assert jwt.decode(file["jws"], keys, ["RS256"]).claims == file["receipt"]


def test_the_receipts_of_another_organization_do_not_exist(app, receipt, globex, sign_in):
    hank = app.test_client()
    sign_in(hank, member_of(globex, "hank@globex.example").user)

    for address in (f"{RECEIPTS}/{receipt.id}", f"/organizations/globex/activity/receipts/{receipt.id}.json"):
        assert hank.get(address).status_code == 404


def test_a_member_is_given_several_roles(ada, acme):
    bo = add_member(acme, "bo@acme.example")
    page = f"/organizations/acme/members/{bo.id}"

    ada.submit(f"{page}/role", {"roles": ["admin", "member"]}, page=page)
    none = ada.submit(f"{page}/role", {}, page=page)

    assert none.status_code == 422
    assert [role.key for role in member_of(acme, "bo@acme.example").roles] == ["admin", "member"]
    assert "Admin and Member, because Ada gave it on" in text(ada.get(page))


def test_nobody_gives_a_role_above_their_own(app, acme, sign_in):
    roles.define("chief", Definition(rank=80), by=OPERATOR)
    roles.define("helper", Definition(internal=True), by=OPERATOR)
    admin, bo = app.test_client(), add_member(acme, "bo@acme.example")
    sign_in(admin, add_member(acme, "cy@acme.example", role="admin").user)
    page = f"/organizations/acme/members/{bo.id}"

    answer = admin.submit(f"{page}/role", {"roles": ["chief"]}, page=page)

    offered = [box["value"] for box in soup(admin.get(page)).select("input[name=roles]")]
    assert answer.status_code == 422
    assert offered == ["admin", "member"]


def test_where_the_directory_decides_the_page_explains_and_offers_nothing(ada, acme):
    directory = make_directory(acme)
    bo = provision(directory, "bo@acme.example")
    rules = [(send_group(directory, "Eng-Admins", bo), roles.get("admin"))]
    directories.set_group_roles(directory, rules, by=OPERATOR)
    db.session.commit()
    page = f"/organizations/acme/members/{bo.membership_id}"

    shown = ada.get(page)
    refused = ada.submit(f"{page}/role", {"roles": ["member"]}, page=page)

    assert "Admin, because group Eng-Admins, rule 1 of 1; would be Member if removed from it." in text(shown)
    assert not soup(shown).select("input[name=roles]")
    assert refused.status_code == 422
    assert "directory manages this person" in text(refused)
