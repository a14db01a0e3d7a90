"""Every tab opens for those it is for, and for nobody else."""

import pytest
from sqlalchemy import event

from portal.account.tabs import ORGANIZATION, OWN
from portal.extensions import db
from tests.clients import text
from tests.factories import add_member, make_connection, make_directory, member_of, provision


def address(app, tab, **values):
    with app.test_request_context():
        from flask import url_for

        return url_for(tab.endpoint, **values)


@pytest.mark.parametrize("tab", OWN, ids=lambda tab: tab.label)
def test_a_persons_tab_opens_for_whoever_is_signed_in(app, client, acme, sign_in, tab):
    assert client.get(address(app, tab)).status_code == 303

    sign_in(client, member_of(acme, "ada@acme.example").user)

    assert client.get(address(app, tab)).status_code == 200


@pytest.mark.parametrize("tab", ORGANIZATION, ids=lambda tab: tab.label)
@pytest.mark.parametrize(("role", "opens"), [("owner", True), ("admin", True), ("member", False)])
def test_an_organizations_tab_opens_by_permission(app, client, acme, sign_in, tab, role, opens):
    person = add_member(acme, "grace@acme.example", role=role)
    sign_in(client, person.user)

    status = client.get(address(app, tab, slug="acme")).status_code

    assert status == (200 if opens or not tab.permission else 404)


@pytest.mark.parametrize("tab", ORGANIZATION, ids=lambda tab: tab.label)
def test_another_organization_does_not_exist(app, client, acme, globex, sign_in, tab):
    sign_in(client, member_of(globex, "hank@globex.example").user)

    foreign, unknown = (client.get(address(app, tab, slug=slug)) for slug in ("acme", "no-such"))

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert text(foreign).rpartition("quote")[0] == text(unknown).rpartition("quote")[0]


@pytest.mark.parametrize("tab", [*OWN, *ORGANIZATION], ids=lambda tab: tab.label)
def test_a_fragment_is_the_inside_of_the_page(app, client, acme, sign_in, tab):
    sign_in(client, member_of(acme, "ada@acme.example").user)
    url = address(app, tab, **({"slug": "acme"} if tab in ORGANIZATION else {}))

    fragment = client.get(url, headers={"HX-Request": "true"})

    assert "<html" not in fragment.text
    assert "HX-Request" in fragment.headers["Vary"]
    assert client.get(url).text.count("<h1") == fragment.text.count("<h1") == 1


@pytest.mark.parametrize("tab", [*OWN, *ORGANIZATION], ids=lambda tab: tab.label)
def test_a_tab_costs_the_same_however_many_people_there_are(app, client, acme, sign_in, tab):
    make_connection(acme)
    directory = make_directory(acme)
    for number in range(3):
        provision(directory, f"person{number}@acme.example")
    sign_in(client, member_of(acme, "ada@acme.example").user)
    url = address(app, tab, **({"slug": "acme"} if tab in ORGANIZATION else {}))
    few = _count(client, url)
    for number in range(3, 25):
        provision(directory, f"person{number}@acme.example")

    assert _count(client, url) == few
    assert few <= 14


def _count(client, url):
    seen = []

    def note(_, __, statement, *rest):
        seen.append(statement)

    client.get(url)
    event.listen(db.engine, "before_cursor_execute", note)
    assert client.get(url).status_code == 200
    event.remove(db.engine, "before_cursor_execute", note)
    return len([one for one in seen if not one.startswith("BEGIN")])
