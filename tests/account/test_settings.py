"""What people do on their account page and in their organization's settings."""

import ast
import re
from pathlib import Path

import pytest

import portal.organizations
from portal.account.sentences import SENTENCES
from portal.extensions import db
from portal.models import Mode, SignInPolicy, Status
from portal.organizations import (
    directories,
    domains,
    invitations,
    passwords,
    sessions,
    setup_links,
    sync,
    tokens,
    users,
)
from portal.organizations.actors import OPERATOR
from tests.clients import text
from tests.factories import (
    PASSWORD,
    add_member,
    directory_actor,
    make_connection,
    make_directory,
    make_user,
    member_of,
    provision,
)

ADA = "ada@acme.example"


@pytest.fixture
def ada(client, acme, sign_in):
    """A browser in which Ada, the owner, is signed in."""
    sign_in(client, member_of(acme, ADA).user)
    return client


def test_a_name_is_saved(ada):
    ada.submit("/account", {"name": "Ada King"})

    assert users.find(ADA).name == "Ada King"


def test_a_person_of_a_live_directory_cannot_rename_themselves(client, acme, sign_in):
    person = provision(make_directory(acme), "grace@acme.example")
    grace = member_of(acme, "grace@acme.example").user
    sign_in(client, grace)

    page = client.get("/account")

    assert "manages your profile" in page.text
    assert person.membership_id


def test_a_new_password_ends_the_other_sessions(ada, app, acme, sign_in):
    other = app.test_client()
    sign_in(other, member_of(acme, ADA).user)

    answer = ada.submit(
        "/account/security/password",
        {"present": PASSWORD, "password": "another long one", "ends_others": "y"},
        page="/account/security",
    )

    assert answer.status_code == 303
    assert passwords.check(ADA, "another long one")
    assert (ada.get("/account").status_code, other.get("/account").status_code) == (200, 303)


@pytest.mark.parametrize(
    ("present", "password"), [("wrong", "another long one"), (PASSWORD, "short"), ("", "another long one")]
)
def test_a_password_is_not_changed_without_right_and_strength(ada, present, password):
    answer = ada.submit(
        "/account/security/password", {"present": present, "password": password}, page="/account/security"
    )

    assert answer.status_code == 422
    assert passwords.check(ADA, PASSWORD)


def test_a_session_is_ended_from_another_browser(ada, app, acme, sign_in):
    other = app.test_client()
    row_id = sign_in(other, member_of(acme, ADA).user)

    ada.submit(f"/account/sessions/{row_id}/end", page="/account/security")

    assert other.get("/account").status_code == 303


def test_nobody_ends_somebody_elses_session(ada, app, globex, sign_in):
    row_id = sign_in(app.test_client(), member_of(globex, "hank@globex.example").user)

    assert ada.submit(f"/account/sessions/{row_id}/end", page="/account/security").status_code == 404
    assert sessions.of(member_of(globex, "hank@globex.example").user)


def test_somebody_is_invited_and_the_invitation_taken_back(ada, acme):
    ada.submit("/organizations/acme/members", {"email": "grace@acme.example", "role": "admin"})
    invitation = invitations.pending(acme)[0]

    ada.submit(f"/organizations/acme/invitations/{invitation.id}/revocation", page="/organizations/acme/members")

    assert invitation.role.key == "admin"
    assert not invitations.pending(acme)


def test_an_admin_does_not_make_owners(client, acme, sign_in):
    sign_in(client, add_member(acme, "grace@acme.example", role="admin").user)

    answer = client.submit("/organizations/acme/members", {"email": "eve@acme.example", "role": "owner"})

    assert answer.status_code == 422
    assert not invitations.pending(acme)


def test_a_member_is_suspended_and_brought_back(ada, acme):
    grace = add_member(acme, "grace@acme.example")
    page = f"/organizations/acme/members/{grace.id}"

    ada.submit(f"{page}/suspension", page=page)
    suspended = member_of(acme, "grace@acme.example").status
    ada.submit(f"{page}/restoration", page=page)

    assert suspended is Status.SUSPENDED
    assert member_of(acme, "grace@acme.example").active


def test_the_last_owner_is_refused_with_words_at_the_place(ada, acme):
    page = f"/organizations/acme/members/{member_of(acme, ADA).id}"

    answer = ada.submit(f"{page}/removal", page=page)

    assert answer.status_code == 422
    assert "last owner" in answer.text
    assert member_of(acme, ADA).active


def test_whom_the_directory_suspended_only_the_directory_brings_back(ada, acme):
    directory = make_directory(acme)
    person = provision(directory, "grace@acme.example")
    person.active = False
    sync.apply_user(directory, person, by=directory_actor(directory))
    page = f"/organizations/acme/members/{person.membership_id}"

    answer = ada.submit(f"{page}/restoration", page=page)

    assert answer.status_code == 422
    assert "identity provider" in answer.text


def test_a_domain_is_claimed_and_its_record_shown(ada, acme):
    ada.submit("/organizations/acme/domains", {"name": "https://Acme.Test/x"})

    page = ada.get("/organizations/acme/domains")
    domain = next(one for one in domains.listed(acme) if one.name == "acme.test")
    assert domain.record_value in page.text


def test_a_wrong_domain_is_said_at_the_field(ada):
    answer = ada.submit("/organizations/acme/domains", {"name": "gmail.com"})

    assert answer.status_code == 422
    assert "no organization can own it" in answer.text


def test_the_cards_say_what_comes_first(ada):
    page = text(ada.get("/organizations/acme/sign-in"))

    assert "Not set up" in page
    assert "Needs single sign-on first" in page


def test_without_permission_of_support_the_tab_says_so(ada, acme):
    acme.sso_allowed = False

    assert "not switched on for Acme" in ada.get("/organizations/acme/sign-in").text


def test_requiring_sso_without_proof_is_refused_with_words(ada, acme):
    make_connection(acme)

    policy = "/organizations/acme/sign-in-policy"
    answer = ada.submit(f"{policy}/requirement", page=policy)

    assert answer.status_code == 422
    assert "not passed a test" in answer.text
    assert acme.sign_in_policy is SignInPolicy.OFFER


def test_an_oauth_client_is_shown_once_and_revoked(ada, acme):
    directory = make_directory(acme)

    made = ada.submit(
        "/organizations/acme/sign-in/scim/clients", {"client_name": "Okta"}, page="/organizations/acme/sign-in"
    )
    client = tokens.listed(directory)[0]
    revocation = f"/organizations/acme/sign-in/scim/tokens/{client.id}/revocation"
    ada.submit(revocation, page="/organizations/acme/sign-in")

    assert all(words in made.text for words in (directory.token_url, str(client.id), client.prefix))
    assert client.name == "Okta"
    assert not tokens.usable(directory)


def test_a_token_is_shown_once_and_revoked(ada, acme):
    make_connection(acme)
    directory = make_directory(acme)

    shown = ada.submit(
        "/organizations/acme/sign-in/scim/tokens", {"name": "Okta", "days": "0"}, page="/organizations/acme/sign-in"
    )
    token = tokens.listed(directory)[0]
    ada.submit(f"/organizations/acme/sign-in/scim/tokens/{token.id}/revocation", page="/organizations/acme/sign-in")

    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.text.count("scim_") >= 1
    assert not tokens.usable(directory)


def test_provisioning_is_paused_and_resumed(ada, acme):
    make_connection(acme)
    directory = make_directory(acme)

    ada.submit("/organizations/acme/sign-in/scim/pause", page="/organizations/acme/sign-in")
    paused = directories.get(directory.id).mode
    ada.submit("/organizations/acme/sign-in/scim/resumption", page="/organizations/acme/sign-in")

    assert (paused, directories.get(directory.id).mode) == (Mode.PAUSED, Mode.LIVE)


def test_a_setup_link_is_shown_once_and_taken_back(ada, acme):
    shown = ada.submit(
        "/organizations/acme/sign-in/links", {"scopes": ["sso"], "days": "3"}, page="/organizations/acme/sign-in"
    )
    link = setup_links.listed(acme)[0]
    ada.submit(f"/organizations/acme/sign-in/links/{link.id}/revocation", page="/organizations/acme/sign-in")

    assert f"/setup/link/{link.id}." in shown.text
    assert setup_links.listed(acme)[0].revoked_at


def test_a_session_from_outside_the_verified_domains_sees_its_organization_only(client, acme, globex, app):
    from portal.models import Method, Session
    from portal.web import session as browser

    user = make_user("eve@elsewhere.example")
    for organization in (acme, globex):
        add_member(organization, user)
    connection = make_connection(acme)
    with app.test_request_context():
        row, secret = sessions.open_through(connection, member_of(acme, user.email), by=OPERATOR)
        db.session.commit()
        browser.begin(row, secret)
        from flask import session

        values = dict(session)
    with client.session_transaction() as cookie:
        cookie.update(values)

    assert client.get("/organizations/acme/members").status_code == 200
    assert client.get("/organizations/globex/members").status_code == 404
    assert db.session.scalars(db.select(Session)).one().method is Method.SSO


def test_every_event_has_a_sentence():
    """Every name recorded anywhere in the verbs."""
    folder = Path(portal.organizations.__file__).parent
    recorded = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[a-z_]+\.[a-z_]+", node.value)
            ):
                noun = node.value.partition(".")[0]
                if noun in {name.partition(".")[0] for name in SENTENCES}:
                    recorded.add(node.value)

    assert recorded
    assert not recorded - SENTENCES.keys()
