"""The practice IdP's sign-in page, against our own SAML door."""

import pytest

from portal.extensions import db
from portal.models import Session
from portal.practice import idp, tenants
from portal.saml import metadata
from tests.clients import soup, text
from tests.factories import make_connection, make_organization

ADDRESS = "http://localhost:8080"


@pytest.fixture(params=["practice_okta", "practice_entra"])
def practice(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def connection(practice):
    """Both sides know each other, as the guide leaves them."""
    organization = make_organization("Acme", domain="acme.example", owner="ada@acme.example")
    reading = metadata.read(idp.metadata(practice.sender).decode())
    connection = make_connection(organization, reading.metadata.configuration(), idp=practice.personality.guide)
    practice.cast.app.acs_url, practice.cast.app.entity_id = connection.acs_url, connection.entity_id
    tenants.save(practice)
    db.session.commit()
    return connection


def to_idp(client, connection):
    """The address a sign-in leads to."""
    return client.get(connection.login_url.removeprefix(ADDRESS)).location.removeprefix(ADDRESS)


def choose(client, page, name):
    """Press the button of this person."""
    form = next(form for form in page.find_all("form") if name in form.get_text())
    fields = {field["name"]: field["value"] for field in form.find_all("input")}
    return client.post(form["action"], data=fields)


def deliver(client, response):
    """Press “Continue”, and follow."""
    form = soup(response).find("form", attrs={"data-continue": True})
    fields = {field["name"]: field["value"] for field in form.find_all("input")}
    return client.post(form["action"].removeprefix(ADDRESS), data=fields, follow_redirects=False)


def sign_in(client, connection, name):
    chosen = choose(client, soup(client.get(to_idp(client, connection))), name)
    return client.get(deliver(client, chosen).location)


def test_somebody_signs_in_from_the_application(client, connection):
    answer = sign_in(client, connection, "Grace Hopper")

    assert answer.status_code == 303
    (session,) = db.session.scalars(db.select(Session)).all()
    assert (session.user.email, session.connection_id) == ("grace@acme.example", connection.id)


@pytest.mark.parametrize("practice", ["practice_okta"], indirect=True)
def test_whoever_starts_at_okta_is_asked_once_more_and_comes_in(client, practice, connection):
    """Our side takes no answer it did not ask for: it asks again itself, which Okta answers at once."""
    chosen = choose(client, soup(client.get(f"/practice/idp/{practice.id}/sso")), "Grace Hopper")
    assert soup(chosen).find("input", attrs={"name": "RelayState"})["value"] == ""

    bounced = deliver(client, chosen)

    assert bounced.location.startswith(connection.login_url.removeprefix(ADDRESS))
    assert sign_in(client, connection, "Grace Hopper").status_code == 303


def test_entra_wants_a_question_first(client, practice_entra):
    page = client.get(f"/practice/idp/{practice_entra.id}/sso")

    assert page.status_code == 403
    assert "AADSTS750054" in text(page)


def test_a_question_by_post_is_answered_too(client, practice, connection):
    from portal.models.base import now
    from portal.saml import authn_request, bindings, providers
    from portal.saml.vocabulary import POST

    provider = providers.provider_of(connection, connection.live)
    question = authn_request.Question("_1", "there", now())
    fields = bindings.post_fields(authn_request.message(provider, question, POST))

    page = client.post(f"/practice/idp/{practice.id}/sso", data=fields)

    assert "Sign in as Grace Hopper" in text(page)
    assert soup(page).find("input", attrs={"name": "request_id"})["value"] == "_1"


@pytest.mark.parametrize("change", [{"active": False}, {"assigned": False}])
def test_whoever_may_not_use_the_application_is_told_so_as_the_vendor_does(client, practice, connection, change):
    practice = tenants.find(practice.id)
    for name, value in change.items():
        setattr(practice.cast.named("grace@acme.example"), name, value)
    tenants.save(practice)
    db.session.commit()

    answer = choose(client, soup(client.get(to_idp(client, connection))), "Grace Hopper")

    assert answer.status_code == 403
    assert practice.personality.refusals.not_assigned in text(answer)


@pytest.mark.parametrize(("field", "words"), [("entity_id", "unknown_app"), ("acs_url", "wrong_acs")])
def test_a_wrong_address_is_refused_as_the_vendor_does(client, practice, connection, field, words):
    practice = tenants.find(practice.id)
    right = getattr(practice.cast.app, field)
    setattr(practice.cast.app, field, "http://localhost:8080/elsewhere")
    tenants.save(practice)
    db.session.commit()

    page = client.get(to_idp(client, connection))

    assert page.status_code == 403
    assert getattr(practice.personality.refusals, words).format(got=right) in text(page)


def test_nonsense_instead_of_a_question_is_refused(client, practice):
    assert client.get(f"/practice/idp/{practice.id}/sso?SAMLRequest=!").status_code == 403


def test_the_metadata_is_served(client, practice):
    answer = client.get(practice.metadata_url.removeprefix(ADDRESS))

    assert answer.mimetype == "application/samlmetadata+xml"
    assert metadata.read(answer.text).metadata.entity_id == practice.sender.entity_id
