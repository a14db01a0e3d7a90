"""A session that a customer's IdP opened speaks for that customer only."""

import pytest

from portal.extensions import db
from portal.organizations import sessions
from portal.organizations.actors import OPERATOR
from portal.web import session as browser
from tests.factories import add_member, make_connection, make_user, member_of

SECURITY = "/account/security"
PAGES = (f"{SECURITY}/passkeys/new", f"{SECURITY}/authenticator")


def foreign_session(app, client, organization, user):
    """A browser that a customer's IdP opened for somebody whose e-mail domain it does not own."""
    membership = member_of(organization, user.email) or add_member(organization, user)
    with app.test_request_context():
        row, secret = sessions.open_through(make_connection(organization), membership, by=OPERATOR)
        db.session.commit()
        browser.begin(row, secret)
        from flask import session

        values = dict(session)
    with client.session_transaction() as cookie:
        cookie.update(values)


@pytest.mark.parametrize("address", [*PAGES, f"{SECURITY}/password", f"{SECURITY}/recovery-codes"])
def test_a_customers_idp_cannot_give_itself_a_way_into_other_companies(app, client, acme, address):
    foreign_session(app, client, acme, make_user("sam@support.example", staff=True))

    answer = client.get(address) if address in PAGES else client.submit(address, page="/account")

    assert answer.status_code == 404


def test_a_customers_idp_does_not_open_the_support_console(app, client, acme):
    foreign_session(app, client, acme, make_user("sam@support.example", staff=True))

    assert client.get("/staff").status_code == 404


def test_a_customers_idp_does_not_see_where_else_the_person_is_signed_in(app, client, acme, sign_in):
    sam = make_user("sam@support.example")
    elsewhere = sign_in(app.test_client(), sam)
    foreign_session(app, client, acme, sam)

    page = client.get(SECURITY)

    assert f"/account/sessions/{elsewhere}/end" not in page.text
    assert client.submit(f"/account/sessions/{elsewhere}/end", page="/account").status_code == 404
