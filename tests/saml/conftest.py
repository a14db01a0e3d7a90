"""A company whose connection trusts the test IdP, and the steps of a sign-in."""

import uuid
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import LoginTransaction, SamlConfiguration, Session, User
from portal.models.base import now
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from tests.factories import make_connection
from tests.saml.idp import Reply, pair
from tests.saml.world import browser, company, live, pysaml2, simplesamlphp

__all__ = ["browser", "company", "live", "pysaml2", "simplesamlphp"]

ISSUER = "https://idp.example/saml"


def configuration(**changes):
    values = {"entity_id": ISSUER, "sso_url": "https://idp.example/sso", "certificates": (pair().certificate,)}
    return SamlConfiguration(**(values | changes))


@pytest.fixture
def connection(acme):
    return make_connection(acme, configuration())


@pytest.fixture
def draft(acme):
    return make_connection(acme, configuration(), live=False)


@pytest.fixture
def drafted(acme):
    """A live connection with a candidate beside it that trusts another key."""
    made = make_connection(acme, configuration())
    connections.stage(made, configuration(certificates=(pair("next").certificate,)), by=OPERATOR)
    db.session.commit()
    return made


def place(connection, view):
    return f"/saml/{connection.id}/{view}"


def begin(client, connection, **query):
    """Press "sign in": the question that went to the IdP."""
    return asked(client.get(place(connection, "login"), query_string=query))


def asked(response):
    assert response.status_code == 303, response.text
    query = parse_qs(urlsplit(response.location).query)
    request = db.session.get_one(LoginTransaction, uuid.UUID(query["RelayState"][0]))
    return SimpleNamespace(
        id=request.request_id, relay_state=query["RelayState"][0], url=response.location, login=request
    )


def reply(connection, request_id, /, **changes):
    at: datetime = changes.pop("at", now())
    values = {"acs_url": connection.acs_url, "audience": connection.entity_id, "request_id": request_id, "at": at}
    return Reply(**(values | changes))


def post(client, connection, encoded, relay_state=""):
    return client.post(place(connection, "acs"), data={"SAMLResponse": encoded, "RelayState": relay_state})


def come_in(client, connection, question=None, **changes):
    """A whole sign-in; the answer to the finish."""
    question = question or begin(client, connection)
    back = post(client, connection, reply(connection, question.id, **changes).encoded(), question.relay_state)
    assert back.status_code == 303, back.text
    return client.get(back.location)


@pytest.fixture
def statements(app):
    """with statements() as seen: the SQL that was sent, without the framing of transactions."""

    @contextmanager
    def listen():
        seen = []

        def note(_connection, _cursor, statement, *_):
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)

    return listen


def sessions():
    return db.session.scalars(db.select(Session).where(Session.connection_id.is_not(None))).all()


@pytest.fixture
def owner(acme):
    return db.session.scalars(db.select(User)).first()


@pytest.fixture
def tester(client, owner, sign_in):
    sign_in(client, owner)
    return client
