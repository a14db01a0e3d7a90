"""Every resource, as an application uses it: each is read, changed and refused as the account page would."""

import pytest

from portal.extensions import db
from portal.models import DirectoryUser, Event, Grant, Method, Mode, OidcConfiguration, Organization, User
from portal.organizations import applications, connections, grants, sessions, tokens
from portal.organizations.actors import OPERATOR
from portal.organizations.applications import Addresses
from tests.factories import add_member, make_connection, make_directory, make_user, provision


@pytest.fixture
def owner(acme):
    return db.session.scalars(acme.memberships.select()).one()


def last_event():
    return db.session.scalars(db.select(Event).order_by(Event.id.desc()).limit(1)).one()


def test_an_organization_is_made_found_and_changed(program):
    made = program.post("/organizations", {"name": "Initech"})
    program.patch(f"/organizations/{made['id']}", {"name": "Initech Ltd", "seats": 5, "leavers": "remove"})

    found = program.get("/organizations/initech")
    assert (found["id"], found["name"], found["seats"], found["leavers"]) == (made["id"], "Initech Ltd", 5, "remove")
    assert program.get("/organizations?slug=initech")["data"] == [found]
    assert last_event().door == "api"
    assert last_event().actor_label == "The application"


@pytest.fixture
def sign_in_to_notes(app):
    """sign_in_to_notes(session, organization): a grant whose code was used, as a signed-in application has it."""
    addresses = Addresses(("https://notes.example/back",), (), "https://notes.example/logged-out")
    client, _ = applications.create("Notes", addresses, by=OPERATOR)

    def sign_in_to_notes(session, organization):
        wish = grants.Wish(client, "openid", "https://notes.example/back", "challenge")
        grant, _ = grants.begin(wish, session, organization)
        grants.use_code(grant)
        return grant.id

    return sign_in_to_notes


def test_a_deleted_organization_is_gone_and_its_neighbour_untouched(program, acme, globex, owner, sign_in_to_notes):
    connection, directory = make_connection(acme), make_directory(acme)
    tokens.issue(directory, by=OPERATOR)
    person = provision(directory, "bob@acme.example").id
    add_member(globex, owner.user)
    through_idp, _ = sessions.open_through(connection, owner, by=OPERATOR)
    locally, _ = sessions.open_locally(owner.user, Method.PASSWORD, by=OPERATOR)
    told = [sign_in_to_notes(through_idp, acme), sign_in_to_notes(locally, acme)]
    untouched = sign_in_to_notes(locally, globex)
    acme_id, ada = acme.id, owner.user_id
    db.session.commit()

    program.delete("/organizations/acme")

    assert db.session.get(Organization, acme_id) is None
    assert db.session.get(DirectoryUser, person) is None
    assert db.session.get(User, ada) is not None
    assert not db.session.scalars(db.select(Event).where(Event.organization_id == acme_id)).all()
    assert (last_event().name, last_event().subject_label) == ("organization.deleted", "Acme")
    assert all(db.session.get(Grant, grant).logout_due_at for grant in told)
    assert db.session.get(Grant, untouched).revoked_at is None
    assert len(db.session.scalars(globex.memberships.select()).all()) == 2
    program.get("/organizations/acme", 404)


def test_an_organization_is_refused_in_words(program, acme):
    assert program.post("/organizations", {"name": "Acme", "slug": "acme"}, 409)["code"] == "slug_taken"
    assert program.post("/organizations", {"name": " "}, 422)["code"] == "bad_name"
    assert program.patch("/organizations/acme", {"name": None}, 422)["errors"][0]["where"] == "/name"
    assert program.patch("/organizations/acme", {"sign_in_policy": "require"}, 409)["code"] == "not_tested"


def test_single_sign_on_is_allowed_and_disallowed(program, acme):
    assert program.delete("/organizations/acme/sso-allowance", 200)["sso_allowed"] is False
    assert program.put("/organizations/acme/sso-allowance")["sso_allowed"] is True


def test_pages_follow_each_other_without_gap(program, acme):
    for number in range(5):
        add_member(acme, f"m{number}@acme.example")
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"/organizations/acme/memberships?limit=2{cursor and f'&after={cursor}'}")
        seen += [one["email"] for one in page["data"]]
        cursor = page["next"]

    assert seen == ["ada@acme.example", *(f"m{number}@acme.example" for number in range(5))]


def test_a_member_is_made_by_address_changed_suspended_restored_and_removed(program, acme):
    made = program.post("/organizations/acme/memberships", {"email": "bo@acme.example", "name": "Bo", "role": "admin"})
    one = f"/organizations/acme/memberships/{made['id']}"

    assert (made["roles"], made["status"], made["source"]) == (["admin"], "active", "manual")
    assert program.patch(one, {"role": "member"})["roles"] == ["member"]
    assert program.put(f"{one}/suspension")["status"] == "suspended"
    assert program.delete(f"{one}/suspension", 200)["status"] == "active"
    program.delete(one)
    assert program.get(one)["status"] == "removed"
    assert program.get("/organizations/acme/memberships?email=BO@acme.example")["data"] == []
    assert len(program.get("/organizations/acme/memberships?status=removed")["data"]) == 1


def test_the_rules_of_the_house_hold_here_too(program, acme, owner):
    one = f"/organizations/acme/memberships/{owner.id}"

    assert program.delete(one, 409)["code"] == "last_owner"
    assert program.put(f"{one}/suspension", status=409)["code"] == "last_owner"
    assert program.patch(one, {"role": "member"}, 409)["code"] == "last_owner"
    assert program.patch(one, {"role": "king"}, 422)["errors"][0]["where"] == "/role"
    again = {"user_id": str(owner.user_id)}
    assert program.post("/organizations/acme/memberships", again, 409)["code"] == "already_member"
    program.post("/organizations/acme/memberships", {}, 422)


def test_what_belongs_to_another_organization_does_not_exist(program, acme, globex, owner):
    directory = make_directory(acme, mode=Mode.SHADOW)
    connection = make_connection(acme)

    program.get(f"/organizations/globex/memberships/{owner.id}", 404)
    program.delete(f"/organizations/globex/memberships/{owner.id}", 404)
    program.get(f"/organizations/globex/connections/{connection.id}", 404)
    program.get(f"/organizations/globex/directories/{directory.id}", 404)
    program.post(f"/organizations/globex/directories/{directory.id}/tokens", {}, 404)


def test_a_person_is_made_found_and_renamed(program, owner):
    made = program.post("/users", {"email": "Cy@acme.example", "name": "Cy", "email_verified": True})

    assert made["email_verified_at"]
    assert program.post("/users", {"email": "cy@ACME.example"}, 409)["code"] == "email_taken"
    assert program.patch(f"/users/{made['id']}", {"name": "Cyd"})["name"] == "Cyd"
    assert [one["id"] for one in program.get("/users?email=cy@acme.example")["data"]] == [made["id"]]
    assert len(program.get(f"/users/{owner.user_id}/memberships")["data"]) == 1


def test_sessions_are_listed_and_ended(app, program, owner, sign_in):
    browser = app.test_client()
    sign_in(browser, owner.user)
    sign_in(app.test_client(), owner.user)
    listed = program.get(f"/users/{owner.user_id}/sessions")["data"]

    program.delete(f"/sessions/{listed[0]['id']}")
    assert len(program.get(f"/users/{owner.user_id}/sessions")["data"]) == 1
    program.delete(f"/users/{owner.user_id}/sessions")
    db.session.expire_all()
    assert sessions.of(owner.user) == []
    assert browser.get("/account").status_code == 303


def test_a_domain_is_claimed_vouched_for_and_removed(program, acme):
    made = program.post("/organizations/acme/domains", {"name": "Acme.Test"})
    one = f"/organizations/acme/domains/{made['id']}"

    assert (made["name"], made["verified"]) == ("acme.test", False)
    assert program.post("/organizations/acme/domains", {"name": "acme.test"}, 409)["code"] == "domain_already_claimed"
    assert program.post("/organizations/acme/domains", {"name": "gmail.com"}, 422)["code"] == "public_mail_domain"
    assert program.post(f"{one}/verification", {"by": "staff"}, 200)["verified_by"] == "staff"
    program.delete(one)
    assert [domain["name"] for domain in program.get("/organizations/acme/domains")["data"]] == ["acme.example"]


def test_a_connection_is_read_and_switched(program, acme):
    connection = make_connection(acme)
    one = f"/organizations/acme/connections/{connection.id}"

    shown = program.get(one)
    assert shown["live"]["idp_entity_id"] == "https://idp.example/saml"
    assert shown["acs_url"] == connection.acs_url
    assert program.delete(f"{one}/live", 200)["live"] is None
    assert program.put(f"{one}/live", status=409)["code"] == "not_tested"
    _prove(connection)
    assert program.put(f"{one}/live")["live"]["tested"] is True
    assert program.get("/organizations/acme/connections")["data"][0]["last_test"]["passed"] is True


def test_a_connection_says_its_protocol(program, acme):
    oidc = OidcConfiguration("https://id.acme.example", "client-1", "sealed", "https://a", "https://t", "https://k")
    shown = program.get(f"/organizations/acme/connections/{make_connection(acme, oidc, idp='openid').id}")

    assert (shown["protocol"], shown["live"]["protocol"]) == ("oidc", "oidc")
    assert (shown["live"]["issuer"], shown["live"]["client_id"]) == ("https://id.acme.example", "client-1")
    assert (shown["live"]["idp_entity_id"], shown["live"]["certificates"]) == (None, [])
    assert shown["login_url"].startswith(shown["callback_url"].removesuffix("/callback"))
    assert "sealed" not in repr(shown)


def test_a_directory_is_read_switched_and_given_tokens(program, acme):
    directory = make_directory(acme, mode=Mode.SHADOW)
    provision(directory, "bo@acme.example")
    one = f"/organizations/acme/directories/{directory.id}"

    assert program.get(one)["base_url"] == directory.base_url
    assert program.get(f"{one}/users")["data"][0]["applied"] == "waiting"
    assert program.put(f"{one}/mode", {"mode": "live"})["mode"] == "live"
    assert program.get(f"{one}/users")["data"][0]["applied"] == "applied"
    made = program.post(f"{one}/tokens", {"name": "Okta", "days": 30})
    assert made["token"].startswith(made["prefix"])
    assert str(tokens.find(made["token"]).token_id) == made["id"]
    assert "token" not in program.get(f"{one}/tokens")["data"][0]
    rotated = program.post(f"{one}/tokens", {"rotate": True})
    program.delete(f"{one}/tokens/{rotated['id']}")
    assert program.get(f"{one}/tokens")["data"][0]["revoked_at"]


def test_a_setup_link_is_made_and_taken_back(program, acme, client):
    made = program.post("/organizations/acme/setup-links", {"scopes": ["sso"], "days": 3, "note": "for Bo"})
    path = made["url"].removeprefix("http://localhost:8080")

    assert client.get(path).status_code == 200
    program.delete(f"/organizations/acme/setup-links/{made['id']}")
    assert client.get(path).status_code != 200
    assert "url" not in program.get("/organizations/acme/setup-links")["data"][0]
    program.post("/organizations/acme/setup-links", {"scopes": ["everything"]}, 422)
    program.post("/organizations/acme/setup-links", {"days": 31}, 422)


def test_an_invitation_is_sent_and_taken_back(program, acme):
    made = program.post("/organizations/acme/invitations", {"email": "di@acme.example", "role": "admin"})

    again = program.post("/organizations/acme/invitations", {"email": "di@acme.example"}, 409)
    assert again["code"] == "already_invited"
    assert program.get("/organizations/acme/invitations")["data"][0]["role"] == "admin"
    program.delete(f"/organizations/acme/invitations/{made['id']}")
    assert program.get("/organizations/acme/invitations")["data"] == []


def test_what_did_not_change_is_not_sent_again(program, acme):
    answer = program.ask("GET", "/organizations/acme")

    again = program.ask("GET", "/organizations/acme", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_home_user_is_nobody_elses(program, acme, globex):
    confined = make_user("bo@acme.example", home=globex)
    db.session.commit()

    made = program.post("/organizations/acme/memberships", {"email": "bo@acme.example"})
    assert made["user_id"] != str(confined.id)


def _prove(connection):
    test = connections.begin_test(connection, by=OPERATOR)
    connections.finish_test(test, connection, passed=True, report={}, by=OPERATOR)
    db.session.commit()
