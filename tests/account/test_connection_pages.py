"""A connection's own pages: everything that can be chosen about it, by those who may, and nothing live before its test."""

import pytest

from portal.account.connection_pages import PAGES
from portal.extensions import db
from portal.models import Connection, Event, IdpInitiated, KeyState
from portal.organizations import connection_keys, connection_roles, connections
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import add_member, make_connection, make_directory, member_of
from tests.saml.conftest import configuration
from tests.saml.idp import pair

VIEWS = ("", "/options", "/keys", "/roles")


@pytest.fixture
def connection(acme):
    return make_connection(acme, configuration())


@pytest.fixture
def ada(client, acme, sign_in):
    sign_in(client, member_of(acme, "ada@acme.example").user)
    return client


def at(connection, page=""):
    return f"/organizations/acme/sign-in/{connection.id}{page}"


def fresh(connection):
    db.session.expire_all()
    return db.session.get_one(Connection, connection.id)


def send(browser, connection, page, view="", **data):
    return browser.submit(at(connection, page), data, page=at(connection, view))


def passed(connection):
    """A test passed for what waits, or for what is live."""
    test = connections.begin_test(connection, by=OPERATOR)
    lines = [{"id": "came-back", "ask": "Did it answer?", "ok": True, "level": "error"}]
    report = {"lines": lines, "name_id": "ada@acme.example"}
    report |= {
        "attributes": {"mail": ["ada@acme.example"], "grp": ["Admins", "All"]},
        "suggestions": {"email": "mail", "groups": "grp"},
    }
    connections.finish_test(test, connection, passed=True, report=report, by=OPERATOR)
    db.session.commit()


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_leads_to_every_other(ada, connection, view):
    page = ada.get(at(connection, view))

    assert page.status_code == 200
    assert all(link["href"] in page.text for link in soup(page).select(".subnav a"))
    assert [link.get_text() for link in soup(page).select(".subnav a")] == [label for _, label, *_ in PAGES]


@pytest.mark.parametrize("view", VIEWS)
def test_a_draft_without_metadata_has_its_pages_too(ada, acme, view):
    assert ada.get(at(make_connection(acme, live=False), view)).status_code == 200


@pytest.mark.parametrize("view", VIEWS)
def test_members_and_strangers_see_none_of_it(app, acme, globex, connection, sign_in, view):
    member, stranger = app.test_client(), app.test_client()
    sign_in(member, add_member(acme, "bob@acme.example").user)
    sign_in(stranger, member_of(globex, "hank@globex.example").user)

    theirs = at(connection, view).replace("acme", "globex", 1)

    assert (member.get(at(connection, view)).status_code, stranger.get(theirs).status_code) == (404, 404)


def test_policies_count_at_once(ada, connection):
    send(
        ada,
        connection,
        "/policies",
        "/options",
        name="Okta of Acme",
        idp_initiated="off",
        session_hours="9",
        single_logout="y",
    )

    now = fresh(connection)
    assert (now.name, now.idp_initiated, now.session_hours, now.single_logout) == (
        "Okta of Acme",
        IdpInitiated.OFF,
        9,
        True,
    )


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"session_hours": "0"}, {"session_hours": "soon"}, {"idp_initiated": "maybe"}]
)
def test_wrong_policies_are_said_and_change_nothing(ada, connection, wrong):
    given = {"name": "Okta", "idp_initiated": "off", "session_hours": ""} | wrong

    assert send(ada, connection, "/policies", "/options", **given).status_code == 422
    assert fresh(connection).idp_initiated is IdpInitiated.BOUNCE


def test_options_wait_for_a_test_and_are_then_switched_on(ada, connection):
    contexts = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password\nurn:x"
    send(ada, connection, "/options", "/options", sign_requests="y", force_authn="y", authn_contexts=contexts)

    assert not fresh(connection).live.saml.force_authn
    early = send(ada, connection, "/live")
    passed(fresh(connection))
    send(ada, connection, "/live")

    assert early.status_code == 422
    live = fresh(connection).live.saml
    assert (live.force_authn, live.sign_requests, live.allow_cbc) == (True, True, False)
    assert live.authn_contexts == tuple(contexts.split())
    assert connection_keys.active(connection)


def test_what_would_change_is_shown_before(ada, connection):
    send(ada, connection, "/options", "/options", force_authn="y")

    assert "People are asked anew no yes" in text(ada.get(at(connection)))


def test_a_method_that_is_none_is_said(ada, connection):
    answer = send(ada, connection, "/options", "/options", authn_contexts="Password")

    assert answer.status_code == 422
    assert "one method a line" in text(answer)


def test_switching_on_can_be_undone(ada, connection):
    send(ada, connection, "/options", "/options", force_authn="y")
    passed(fresh(connection))
    send(ada, connection, "/live")

    send(ada, connection, "/return")

    assert not fresh(connection).live.saml.force_authn
    assert fresh(connection).candidate.saml.force_authn


def test_a_connection_is_switched_off_and_kept(ada, connection):
    send(ada, connection, "/suspension")

    assert (fresh(connection).live, fresh(connection).candidate is not None) == (None, True)


def test_the_next_certificate_counts_at_once_beside_the_others(ada, connection):
    before = connection.live.config_hash
    send(ada, connection, "/certificates", "/keys", certificate=pair("next").certificate)

    live = fresh(connection).live
    assert live.saml.certificates == (pair().certificate, pair("next").certificate)
    assert live.config_hash == before
    assert db.session.scalars(db.select(Event).where(Event.name == "connection.keys_added")).one()


@pytest.mark.parametrize("text_", [pair().private, "hello", pair().certificate])
def test_what_is_no_new_certificate_is_said(ada, connection, text_):
    assert send(ada, connection, "/certificates", "/keys", certificate=text_).status_code == 422
    assert fresh(connection).live.saml.certificates == (pair().certificate,)


def removal(browser, connection):
    from portal.saml import certificates

    fingerprint = certificates.read(pair().certificate)[0].fingerprint
    return send(browser, connection, f"/certificates/{fingerprint}/removal", "/keys")


def test_a_certificate_goes_after_a_test_without_it(ada, connection):
    send(ada, connection, "/certificates", "/keys", certificate=pair("next").certificate)
    removal(ada, connection)

    assert len(fresh(connection).live.saml.certificates) == 2
    assert fresh(connection).candidate.saml.certificates == (pair("next").certificate,)
    assert "Goes when you switch" in text(ada.get(at(connection, "/keys")))


def test_the_last_certificate_stays(ada, connection):
    answer = removal(ada, connection)

    assert answer.status_code == 422
    assert fresh(connection).candidate is None


def test_our_keys_are_made_published_and_put_to_work(ada, connection):
    for _ in range(2):
        send(ada, connection, "/keys", "/keys")
    first, following = connection_keys.listed(connection)
    assert (first.state, following.state) == (KeyState.ACTIVE, KeyState.NEXT)

    send(ada, connection, "/keys/activation", "/keys")

    db.session.expire_all()
    assert [(key.id, key.state) for key in connection_keys.listed(connection)] == [
        (following.id, KeyState.ACTIVE), (first.id, KeyState.RETIRED),
    ]  # fmt: skip


def test_attributes_are_chosen_from_what_came(ada, connection):
    passed(connection)

    send(ada, connection, "/mapping", "/roles", email="mail", groups="grp", given_name="made-up")

    assert fresh(connection).live.saml.mapping == {"email": "mail", "groups": "grp"}


def test_groups_give_roles_the_highest_first(ada, connection):
    passed(connection)
    page = ada.get(at(connection, "/roles"))
    assert {option["value"] for option in soup(page).select("#seen-groups option")} == {"Admins", "All"}

    send(ada, connection, "/roles", "/roles", value=["All", "Admins", ""], role=["member", "admin", "owner"])

    assert [(one.value, one.role.key) for one in connection_roles.listed(connection)] == [
        ("Admins", "admin"),
        ("All", "member"),
    ]


def test_a_directory_that_decides_is_named(ada, acme, connection):
    make_directory(acme)

    assert "decides roles" in text(ada.get(at(connection, "/roles")))


def test_one_more_identity_provider_gets_a_connection_of_its_own(ada, acme, connection):
    ada.submit("/setup/acme/sso?another=1", {"idp": "entra"}, page="/setup/acme/sso?another=1")

    db.session.expire_all()
    first, second = connections.listed(acme)
    assert (first.idp, second.idp) == ("okta", "entra")
    for one in (first, second):
        assert ada.get(f"/setup/acme/sso/connections/{one.id}").status_code == 303


def test_a_guide_taken_up_without_asking_for_another_stays_with_its_connection(ada, acme, connection):
    ada.submit("/setup/acme/sso", {"idp": "entra"})

    db.session.expire_all()
    assert [one.idp for one in connections.listed(acme)] == ["entra"]
