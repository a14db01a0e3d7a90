"""What is a person's everywhere, no organization's IdP changes for them (design.md §3)."""

import pytest

from portal.extensions import db
from portal.models import Method, Session, User
from portal.models.session import Session as Row
from portal.organizations import passwords, sessions
from portal.organizations.actors import OPERATOR, Actor, Door
from tests.clients import csrf_token, text
from tests.factories import add_member, make_connection, make_user


@pytest.fixture
def victim(acme):
    """Somebody of Acme without a password, who accepted an invitation of Globex once."""
    user = make_user("grace@acme.example", staff=True)
    add_member(acme, user)
    return user


@pytest.fixture
def impostor(app, globex, victim, sign_in):
    """A browser that Globex's IdP signed in under the victim's address."""
    membership = add_member(globex, victim)
    row, secret = sessions.open_through(make_connection(globex), membership, by=Actor(Door.SAML))
    db.session.commit()
    return browser(app, sign_in, victim, row, secret)


def browser(app, sign_in, user, row, secret):
    client = app.test_client()
    sign_in(client, user)
    db.session.execute(db.delete(Row).where(Row.id != row.id))
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
    return client


def attempt(client, address, **data):
    token = csrf_token(client.get("/account/organizations"))
    return client.post(address, data={"csrf_token": token} | data)


def test_the_session_of_another_organizations_idp_sets_no_password(impostor, victim):
    answer = attempt(impostor, "/account/security/password", password="a new password of mine")

    assert answer.status_code == 404
    assert db.session.get_one(User, victim.id, populate_existing=True).password_hash is None


def test_it_changes_no_name(impostor, victim):
    assert attempt(impostor, "/account", name="Mallory").status_code == 404


def test_it_neither_sees_nor_ends_the_persons_other_sessions(impostor, victim):
    other, _ = sessions.open_locally(victim, Method.EMAIL_LINK, by=OPERATOR, address="198.51.100.7")
    db.session.commit()

    assert "198.51.100.7" not in text(impostor.get("/account/security"))
    assert attempt(impostor, f"/account/sessions/{other.id}/end").status_code == 404
    assert attempt(impostor, "/account/sessions/end-others").status_code == 404
    assert db.session.get_one(Session, other.id, populate_existing=True).revoked_at is None


def test_it_opens_no_support_console(impostor):
    assert impostor.get("/staff/").status_code == 404


def test_it_is_told_why(impostor):
    assert "speaks for you within itself only" in text(impostor.get("/account/security"))
    assert "speaks for you within itself only" in text(impostor.get("/account"))


def test_the_persons_own_organization_speaks_for_them(app, acme, victim, sign_in):
    membership = next(one for one in db.session.scalars(acme.memberships.select()) if one.user_id == victim.id)
    row, secret = sessions.open_through(make_connection(acme), membership, by=Actor(Door.SAML))
    db.session.commit()
    client = browser(app, sign_in, victim, row, secret)

    assert attempt(client, "/account/security/password", password="a new password of mine").status_code == 303
    assert passwords.is_right(db.session.get_one(User, victim.id, populate_existing=True), "a new password of mine")
