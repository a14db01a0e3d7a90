"""Signing out here goes on at the provider, and a provider's word ends sessions here."""

from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws

from portal.extensions import db
from portal.models import Session
from tests.clients import text
from tests.relying_party.conftest import begin, come_in, path_of, place, sessions
from tests.relying_party.op import ADA, CLIENT_ID, key

GRACE = ADA | {"sub": "00u-grace", "email": "grace@acme.example"}


def leave(client):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(client.application.config, "WTF_CSRF_ENABLED", False)
        return client.post("/sign-out").location


def alive():
    db.session.expire_all()
    return [row.user.email for row in sessions() if row.revoked_at is None]


def test_signing_out_goes_on_at_the_provider_where_the_connection_wants_it(client, connection, provider):
    connection.single_logout = True
    db.session.commit()
    come_in(client, connection, provider)

    there = client.get(leave(client)).location
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}

    assert there.startswith(f"{provider.issuer}/logout?")
    assert (asked["client_id"], asked["post_logout_redirect_uri"]) == (CLIENT_ID, connection.signed_out_url)
    assert b'"sub": "00u-ada"' in jws.extract_compact(asked["id_token_hint"].encode()).payload
    back = client.get(place(connection, "signed-out"), query_string={"state": asked["state"]})
    assert "You are signed out" in text(back)
    assert alive() == []


def test_the_hint_is_kept_sealed_and_only_where_it_is_needed(client, connection, provider):
    come_in(client, connection, provider)
    assert "id_token" not in sessions()[0].idp_session

    connection.single_logout = True
    db.session.commit()
    come_in(client, connection, provider, GRACE)
    kept = sessions()[1].idp_session["id_token"]
    assert not kept.startswith("eyJ")


def test_otherwise_it_ends_here(client, connection, provider):
    come_in(client, connection, provider)

    assert leave(client) == "/login"


def test_only_the_browser_that_left_is_sent_on(app, client, connection, provider):
    connection.single_logout = True
    db.session.commit()
    come_in(client, connection, provider)
    address = leave(client)

    assert app.test_client().get(address.replace("&k=", "&k=x")).status_code == 400


def told(client, connection, token):
    return client.post(place(connection, "logout"), data={"logout_token": token}).status_code


@pytest.fixture
def both(app, connection, provider):
    for claims in (ADA, ADA | {"sid": "session-2"}, GRACE | {"sid": "session-3"}):
        come_in(app.test_client(), connection, provider, claims)


@pytest.mark.parametrize(
    ("claims", "left"),
    [
        ({}, ["grace@acme.example"]),
        ({"sid": "session-1"}, ["ada@acme.example", "grace@acme.example"]),
        ({"sub": None, "sid": "session-3"}, ["ada@acme.example", "ada@acme.example"]),
        ({"sub": "nobody"}, ["ada@acme.example", "ada@acme.example", "grace@acme.example"]),
    ],
)
def test_a_logout_token_ends_the_sessions_it_means(client, connection, provider, both, claims, left):
    assert told(client, connection, provider.logout_token(**claims)) == 200
    assert sorted(alive()) == left


LIES = {
    "no-token": None,
    "another-issuer": {"iss": "https://idp.example"},
    "another-audience": {"aud": "other"},
    "expired": {"exp": 1_700_000_000},
    "strange-key": {"signed_by": key("mallory")},
    "unsigned": {"unsigned": True},
    "with-a-nonce": {"nonce": "x"},
    "no-event": {"events": None},
    "another-event": {"events": {"x": {}}},
    "nobody": {"sub": None},
    "without-an-id": {"jti": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_ends_a_session(client, connection, provider, both, lie):
    token = provider.logout_token(**LIES[lie]) if LIES[lie] else "x"

    assert told(client, connection, token) == 400
    assert len(alive()) == 3


def test_an_id_token_is_no_logout_token(client, connection, provider, both):
    query = {name: values[0] for name, values in parse_qs(urlsplit(begin(client, connection)).query).items()}

    assert told(client, connection, provider.id_token(query, ADA, {}, "x")) == 400


def test_a_logout_token_counts_once(client, connection, provider, both):
    token = provider.logout_token()

    assert [told(client, connection, token) for _ in range(2)] == [200, 400]


def test_a_person_who_was_signed_out_there_is_asked_again(client, connection, provider):
    come_in(client, connection, provider)
    told(client, connection, provider.logout_token())

    assert path_of(client.get("/account").location).startswith("/login")
    assert db.session.query(Session).one().revoked_at
