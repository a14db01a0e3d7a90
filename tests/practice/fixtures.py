"""Practice IdPs as fixtures, for any test that needs a company's identity provider."""

import pytest

from portal.extensions import db
from portal.practice import tenants
from portal.practice.personalities import ENTRA, OKTA


def make_tenant(personality, name="Acme", domain="acme.example"):
    """Committed, and in plain values: nothing holds the database while it sends requests."""
    row = tenants.create(personality, name, domain)
    db.session.commit()
    tenant = tenants.find(row.id)
    db.session.rollback()
    return tenant


@pytest.fixture
def practice_okta(app):
    """A practice IdP with six people of acme.example, as Okta."""
    return make_tenant(OKTA)


@pytest.fixture
def practice_entra(app):
    """The same as Entra."""
    return make_tenant(ENTRA)
