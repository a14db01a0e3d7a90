"""Who may start a test: those with `manage_sso`, and holders of a setup link for sign-in."""

import pytest

from portal.extensions import db
from portal.models import User
from portal.organizations import setup_links
from portal.organizations.actors import OPERATOR
from tests.factories import add_member
from tests.saml.conftest import place


def test_strangers_and_members_start_no_test(app, client, draft, acme, globex, sign_in, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    member, foreign = app.test_client(), app.test_client()
    sign_in(member, add_member(acme, "bob@acme.example").user)
    sign_in(foreign, db.session.scalars(db.select(User).where(User.email == "hank@globex.example")).one())

    answers = [browser.post(place(draft, "test")).status_code for browser in (member, foreign)]

    assert answers == [404, 404]


def test_a_test_needs_the_form_of_our_page(tester, draft):
    assert tester.post(place(draft, "test")).status_code == 400


def open_link(app, link):
    """The cookie that pressing Start on a setup link leaves."""
    from portal.setup import visitor

    with app.test_request_context():
        response = app.make_response("")
        visitor.remember(response, link)
    holder = app.test_client()
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    holder.set_cookie(name, rest.partition(";")[0])
    return holder


@pytest.mark.parametrize(("whose", "scopes", "status"), [
    ("own", ("sso",), 303), ("own", ("scim",), 404), ("foreign", ("sso",), 404),
])  # fmt: skip
def test_the_holder_of_a_setup_link_tests_its_organization(
    app, draft, acme, globex, monkeypatch, whose, scopes, status
):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    link, _ = setup_links.create({"own": acme, "foreign": globex}[whose], by=OPERATOR, scopes=scopes)
    db.session.commit()

    answer = open_link(app, link).post(place(draft, "test"))

    assert answer.status_code == status
