"""What the tests of the practice IdP share."""

import pytest

from portal.extensions import db
from portal.practice import tenants
from portal.practice.personalities import ENTRA, OKTA
from tests.practice.recorder import Recorder


@pytest.fixture
def recorder():
    server = Recorder()
    yield server
    server.stop()


def make_tenant(personality, name="Acme", domain="acme.example"):
    row = tenants.create(personality, name, domain)
    db.session.commit()
    return tenants.find(row.id)


@pytest.fixture
def practice_okta(app):
    """A practice IdP with six people of acme.example, as Okta."""
    return make_tenant(OKTA)


@pytest.fixture
def practice_entra(app):
    return make_tenant(ENTRA)
