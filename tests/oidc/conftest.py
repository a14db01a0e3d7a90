"""Ada, her browser, and an application she signs in to."""

import pytest

from portal.extensions import db
from tests.oidc.application import Application
from tests.receivers import make_receiver, receiver, trusting  # noqa: F401


@pytest.fixture
def notes(app):
    return Application(app)


@pytest.fixture
def ada(acme):
    return db.session.scalars(acme.memberships.select()).one()


@pytest.fixture
def browser(app, ada, sign_in):
    client = app.test_client()
    client.session_id = sign_in(client, ada.user)
    return client
