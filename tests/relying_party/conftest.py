"""A company whose connection trusts the test provider, and the steps of a sign-in through it."""

import pytest

from portal.extensions import db
from portal.models import Session, User
from portal.relying_party import discovery
from tests.factories import make_connection, make_organization
from tests.relying_party.op import CLIENT_ID, SECRET, Provider


@pytest.fixture
def provider():
    made = Provider()
    yield made
    made.stop()


@pytest.fixture
def app(make_app, provider):
    """Allowed to ask the test provider, and nobody else in this machine."""
    made = make_app(fetch_allowed_hosts=(provider.host,))
    with made.app_context():
        yield made
        db.session.rollback()


@pytest.fixture
def acme(app):
    return make_organization("Acme", domain="acme.example", owner="ada@acme.example")


@pytest.fixture
def globex(app):
    return make_organization("Globex", domain="globex.example", owner="hank@globex.example")


def configuration(provider):
    reading = discovery.read(provider.issuer)
    assert reading.provider, reading.findings
    return reading.provider.configuration(CLIENT_ID, SECRET)


@pytest.fixture
def connection(acme, provider):
    return make_connection(acme, configuration(provider), idp="openid")


@pytest.fixture
def draft(acme, provider):
    return make_connection(acme, configuration(provider), idp="openid", live=False)


def place(connection, view):
    return f"/oidc/{connection.id}/{view}"


def begin(client, connection, **query):
    """Press “sign in”: the address of the provider we are sent to."""
    answer = client.get(place(connection, "login"), query_string=query)
    assert answer.status_code == 303, answer.text
    return answer.location


def path_of(address):
    return address.removeprefix("http://localhost:8080")


def come_in(client, connection, provider, *given, **lies):
    """A whole sign-in; the answer to the callback."""
    return client.get(path_of(provider.approve(begin(client, connection), *given, **lies)))


def sessions():
    return db.session.scalars(db.select(Session).where(Session.connection_id.is_not(None))).all()


@pytest.fixture
def tester(client, acme, sign_in):
    sign_in(client, db.session.scalars(db.select(User)).first())
    return client
