"""Roles, rules of groups, directories, connections and receipts, as an application uses them."""

import json
from base64 import b64encode
from hashlib import sha384

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.extensions import db
from portal.models import Mode
from portal.organizations import members, roles
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import add_member, make_connection, make_directory, member_of, provision
from tests.saml.conftest import configuration
from tests.setup.conftest import send_group


def test_permissions_and_roles_are_defined_changed_and_removed(program):
    program.put("/permissions/notes:write", {"description": "Write notes"})
    made = program.put("/roles/editor", {"permissions": ["notes:write"], "rank": 30, "plans": ["pro"]})

    assert (made["name"], made["built_in"], made["plans"]) == ("Editor", False, ["pro"])
    assert program.put("/roles/editor", {"permissions": ["nothing"]}, 422)["code"] == "unknown_permission"
    assert program.put("/roles/Editor!", {}, 422)["code"] == "bad_role"
    assert [one["key"] for one in program.get("/roles")["data"]] == ["owner", "admin", "editor", "member"]
    program.delete("/permissions/notes:write")
    assert program.get("/roles/editor")["permissions"] == []
    program.delete("/roles/editor")
    program.get("/roles/editor", 404)
    assert program.delete("/roles/owner", 409)["code"] == "built_in_role"


def test_a_plan_and_a_default_role_are_set(program, acme):
    program.put("/roles/editor", {"plans": ["pro"]})
    refused = program.patch("/organizations/acme", {"default_role": "editor"}, 409)
    changed = program.patch("/organizations/acme", {"plan": {"name": "pro", "until": 2030}, "default_role": "editor"})

    assert refused["code"] == "role_not_in_plan"
    assert (changed["plan"], changed["default_role"]) == ({"name": "pro", "until": 2030}, "editor")
    assert program.patch("/organizations/acme", {"default_role": "king"}, 422)["errors"][0]["where"] == "/default_role"


def test_a_member_has_several_roles(program, acme):
    one = f"/organizations/acme/memberships/{add_member(acme, 'bo@acme.example').id}"

    assert program.patch(one, {"roles": ["admin", "member"]})["roles"] == ["admin", "member"]
    assert program.get(f"{one}/explanation")["source"] == "hand"
    program.patch(one, {"roles": []}, 422)
    program.patch(one, {"roles": ["admin"], "role": "admin"}, 422)


@pytest.fixture
def directory(acme):
    return make_directory(acme, mode=Mode.LIVE)


@pytest.fixture
def groups(directory):
    bo, cy = (provision(directory, f"{name}@acme.example") for name in ("bo", "cy"))
    return send_group(directory, "Admins", bo), send_group(directory, "Staff", bo, cy)


def test_rules_are_tried_then_set_then_explained(program, acme, directory, groups):
    one = f"/organizations/acme/directories/{directory.id}/group-rules"
    body = {
        "rules": [{"group_id": str(groups[0].id), "role": "admin"}, {"group_id": str(groups[1].id), "role": "member"}]
    }

    tried = program.post(f"{one}/preview", body, 200)
    assert program.get(one)["rules"] == []
    assert [(change["email"], change["after"]) for change in tried["changes"]] == [("bo@acme.example", "Admin")]
    assert [rule["group"] for rule in program.put(one, body)["rules"]] == ["Admins", "Staff"]
    bo = member_of(acme, "bo@acme.example")
    said = program.get(f"/organizations/acme/memberships/{bo.id}/explanation")
    assert (said["group"], said["position"], said["of"], said["otherwise"]) == ("Admins", 1, 2, "member")
    managed = program.patch(f"/organizations/acme/memberships/{bo.id}", {"role": "member"}, 409)
    assert managed["code"] == "managed_by_directory"


def test_rules_are_refused_at_the_place(program, acme, globex, directory, groups):
    one = f"/organizations/acme/directories/{directory.id}/group-rules"
    rule = {"group_id": str(groups[0].id), "role": "admin"}

    assert program.put(one, {"rules": [rule, rule]}, 422)["errors"][0]["where"] == "/rules"
    assert program.put(one, {"rules": [rule | {"role": "x"}]}, 422)["errors"][0]["where"] == "/rules/0/role"
    strange = send_group(make_directory(globex), "Theirs")
    wrong = program.put(one, {"rules": [{"group_id": str(strange.id), "role": "admin"}]}, 422)
    assert wrong["errors"][0]["where"] == "/rules/0/group_id"


def test_groups_and_their_people_are_read(program, acme, globex, directory, groups):
    one = f"/organizations/acme/directories/{directory.id}"

    assert [group["display_name"] for group in program.get(f"{one}/groups")["data"]] == ["Admins", "Staff"]
    people = program.get(f"{one}/groups/{groups[1].id}/members")["data"]
    assert [person["user_name"] for person in people] == ["bo@acme.example", "cy@acme.example"]
    assert program.get(f"{one}/users/{people[0]['id']}") == people[0]
    assert program.get(f"{one}/groups/{groups[0].id}")["display_name"] == "Admins"
    program.get(f"{one}/groups/{send_group(make_directory(globex), 'Theirs').id}", 404)


def test_a_connection_is_made_and_given_metadata(program, acme):
    made = program.post("/organizations/acme/connections", {"idp": "okta", "name": "Okta"})
    one, idp = f"/organizations/acme/connections/{made['id']}", configuration()
    told = {"idp_entity_id": idp.entity_id, "sso_url": idp.sso_url, "certificates": list(idp.certificates)}

    candidate = program.put(f"{one}/metadata", told)["candidate"]

    assert (candidate["idp_entity_id"], candidate["tested"]) == (idp.entity_id, False)
    assert program.put(f"{one}/live", status=409)["code"] == "not_tested"
    for wrong in ({"certificates": ["x"]}, {"certificates": []}, {"sso_url": "http://idp.example"}):
        program.put(f"{one}/metadata", told | wrong, 422)


def test_a_directory_is_made_in_shadow(program, acme):
    assert program.post("/organizations/acme/directories", {"idp": "okta"}, 409)["code"] == "needs_single_sign_on"
    make_connection(acme)

    assert program.post("/organizations/acme/directories", {"idp": "okta"})["mode"] == "shadow"


def test_a_receipt_is_read_verified_and_acknowledged(program, acme, client):
    members.suspend(add_member(acme, "bo@acme.example"), by=OPERATOR)
    db.session.commit()
    (listed,) = program.get("/organizations/acme/receipts")["data"]
    one = f"/organizations/acme/receipts/{listed['id']}"

    signed = program.get(f"{one}/signed")
    keys = KeySet.import_key_set(client.get("/.well-known/jwks.json").get_json())
    assert jwt.decode(signed["jws"], keys, ["RS256"]).claims["receipt_id"] == listed["id"]
    done = program.put(f"{one}/acknowledgement")
    assert (done["acknowledged_by"], done["deed"]) == ("The application", "suspended")
    assert program.put(f"{one}/acknowledgement")["acknowledged_at"] == done["acknowledged_at"]
    program.get(f"/organizations/globex/receipts/{listed['id']}", 404)


def test_the_reference_names_every_address_and_shape(app, client):
    described = client.get("/api/openapi.json").get_json()

    page = client.get("/api/reference")

    said = text(page)
    assert all(path in said for path in described["paths"])
    for name in described["components"]["schemas"]:
        assert f'id="shape-{name}"' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert json.dumps(described).count("summary") == sum(map(len, described["paths"].values()))


def test_the_api_can_be_tried_in_swagger_ui(app, client):
    page = client.get("/api/docs")

    place = soup(page).select_one("#swagger")
    assert client.get(place["data-description"]).get_json()["openapi"].startswith("3.1")
    for tag in soup(page).select("[src*=swagger], [href*='swagger-ui.css']"):
        found = client.get(tag.get("src") or tag["href"])
        assert tag["integrity"] == "sha384-" + b64encode(sha384(found.data).digest()).decode()
    assert soup(page).select_one("noscript a")["href"] == "/api/reference"


def test_internal_roles_are_the_applications_to_give(program, acme):
    program.put("/roles/helper", {"internal": True})
    bo = add_member(acme, "bo@acme.example")

    assert program.patch(f"/organizations/acme/memberships/{bo.id}", {"roles": ["member", "helper"]})
    assert "helper" not in [role.key for role in roles.of(acme)]
