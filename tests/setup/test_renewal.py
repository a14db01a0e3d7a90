"""What ends is renewed by a link that opens just this, or by an account; nothing stops working meanwhile."""

from datetime import timedelta

import pytest

from portal.extensions import db
from portal.models import KeyState, Mail
from portal.organizations import connection_keys, connections, it_contacts, setup_links, tokens
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import add_member, make_connection, make_directory, member_of, provision
from tests.organizations.test_departures import leave
from tests.organizations.test_reminders import certificate, live_with
from tests.saml.conftest import begin, configuration, post, reply
from tests.saml.idp import pair

PAGE = "/setup/acme/renewal"


@pytest.fixture
def holder(client, acme):
    """holder(scope, …): a browser in which a setup link was opened."""

    def open_link(*scopes, **choices):
        _, url = setup_links.create(acme, by=OPERATOR, scopes=scopes or ("renew",), **{"may_go_live": True} | choices)
        db.session.commit()
        address = url.removeprefix("http://localhost:8080")
        answer = client.submit(address)
        client.landed = answer.location
        return client

    return open_link


def certificates_of(connection):
    db.session.expire_all()
    return connections.get(connection.id).live.saml.certificates


def test_a_renewal_link_opens_the_renewal_and_nothing_else(holder, acme):
    live_with(acme, certificate(10))
    browser = holder()

    assert browser.landed.endswith(PAGE)
    assert "ends on" in text(browser.get(PAGE))
    assert browser.get("/setup/acme/sso").status_code == 404
    assert browser.get("/setup/acme/seat").status_code == 404


def test_the_next_certificate_is_accepted_beside_the_present_one_and_owners_are_told(holder, acme):
    connection = live_with(acme, certificate(10))

    holder().submit(f"{PAGE}/connections/{connection.id}/certificates", {"source": certificate(900)}, page=PAGE)

    assert certificates_of(connection) == (certificate(10), certificate(900))
    mail = db.session.scalars(db.select(Mail)).one()
    assert (mail.recipient, mail.subject) == ("ada@acme.example", "A new signing certificate for Acme")


def test_people_sign_in_with_either_certificate(client, holder, acme):
    connection = make_connection(acme, configuration())
    new = pair("next")
    holder().submit(f"{PAGE}/connections/{connection.id}/certificates", {"source": new.certificate}, page=PAGE)

    for number, signer in enumerate((pair(), new)):
        question = begin(client, connection)
        encoded = reply(connection, question.id, key=signer, assertion_id=f"_{number}").encoded()
        assert post(client, connection, encoded, question.relay_state).status_code == 303


def test_whoever_may_not_go_live_hands_the_certificate_in(holder, acme):
    connection = live_with(acme, certificate(10))

    holder(may_go_live=False).submit(
        f"{PAGE}/connections/{connection.id}/certificates", {"source": certificate(900)}, page=PAGE
    )

    assert certificates_of(connection) == (certificate(10),)
    assert connections.get(connection.id).candidate.saml.certificates == (certificate(10), certificate(900))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("nonsense", ""),
        (certificate(10), "We know this certificate already"),
        (certificate(-5), "no certificate in this that still holds"),
    ],
    ids=["nonsense", "known", "ended"],
)
def test_what_is_no_next_certificate_is_refused_with_words(holder, acme, given, words):
    connection = live_with(acme, certificate(10))

    answer = holder().submit(f"{PAGE}/connections/{connection.id}/certificates", {"source": given}, page=PAGE)

    assert answer.status_code == 422
    assert words in text(answer)
    assert soup(answer).select(".notice-bad")
    assert len(certificates_of(connection)) == 1


def test_our_next_key_is_made_and_put_to_work(holder, acme):
    connection = make_connection(acme, configuration(sign_requests=True))
    browser, keys = holder(), f"{PAGE}/connections/{connection.id}/keys"

    browser.submit(keys, page=PAGE)
    waiting = next(row for row in connection_keys.listed(connection) if row.state is KeyState.NEXT)
    browser.submit(f"{keys}/activation", page=PAGE)

    db.session.expire_all()
    assert connection_keys.active(connection).id == waiting.id


def test_another_token_is_shown_once_and_the_old_one_goes_on(holder, acme):
    directory = make_directory(acme)
    old, _ = tokens.issue(directory, by=OPERATOR, days=180)

    shown = holder().submit(f"{PAGE}/directories/{directory.id}/tokens", page=PAGE)

    db.session.expire_all()
    new = next(token for token in tokens.usable(directory) if token.id != old.id)
    assert shown.headers["Cache-Control"] == "no-store"
    assert new.prefix in shown.text
    assert round((new.expires_at - new.created_at) / timedelta(days=1)) == 180
    assert old.usable(new.created_at)


def test_a_link_of_one_organization_renews_nothing_of_another(holder, acme, globex):
    theirs = live_with(globex, certificate(10))
    browser = holder()
    token = soup(browser.get(PAGE)).find("input", attrs={"name": "csrf_token"})
    values = {"csrf_token": token["value"] if token else "", "source": certificate(900)}

    answers = [
        browser.post(f"/setup/{slug}/renewal/connections/{theirs.id}/certificates", data=values).status_code
        for slug in ("acme", "globex")
    ]

    assert 303 not in answers
    assert len(certificates_of(theirs)) == 1


def test_a_contact_hands_the_vacant_seat_over_by_link(holder, acme):
    grace = add_member(acme, "grace@acme.example")
    directory = make_directory(acme)
    leave(directory, [provision(directory, "ada@acme.example")])
    browser = holder("seat")
    assert browser.landed.endswith("/setup/acme/seat")

    browser.submit(f"/setup/acme/seat/{grace.id}", page="/setup/acme/seat")

    assert member_of(acme, "grace@acme.example").is_owner
    assert "There is nothing more to do here" in text(browser.get("/setup/acme/seat"))


def test_a_person_with_an_account_names_the_owner_on_their_own_page(client, acme, sign_in):
    sign_in(client, member_of(acme, "ada@acme.example").user)

    assert client.get("/setup/acme/seat").location.endswith("/organizations/acme/owner")
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(("typed", "kept"), [("it@acme.example", ["it@acme.example"]), ("", []), ("nonsense", [])])
def test_whoever_opens_a_link_may_ask_to_be_told(client, acme, typed, kept):
    _, url = setup_links.create(acme, by=OPERATOR)
    db.session.commit()

    answer = client.submit(url.removeprefix("http://localhost:8080"), {"contact": typed})

    assert answer.status_code == 303
    assert [(one.email, one.trusted) for one in it_contacts.listed(acme)] == [(email, False) for email in kept]
