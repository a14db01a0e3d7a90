"""The practice Google Workspace is read by the guide exactly as the real one: key, delegation, administrator, pull."""

import threading

import pytest

from portal.extensions import db
from portal.google import pulling
from portal.models import DirectoryUser
from portal.organizations import connections, setup_runs
from portal.organizations.actors import OPERATOR
from portal.practice import tenants
from portal.practice.google_api import SCOPES, client_id
from portal.practice.others import GOOGLE
from tests.clients import CheckedClient, soup, text
from tests.factories import PASSWORD, make_organization
from tests.practice.fixtures import make_tenant
from tests.saml.conftest import configuration
from tests.setup.conftest import ADMIN, at


@pytest.fixture
def world(live):
    """(a browser of Ada’s, the run, the practice tenant), with sign-in live and nothing read yet."""
    live.config["SETTINGS"] = live.config["SETTINGS"].model_copy(
        update={"google_address": f"{live.config['SETTINGS'].public_url}/practice/google", "google_client_id": ""}
    )
    company = make_organization("Acme", domain="acme.example", owner="ada@acme.example")
    run = setup_runs.for_sign_in(company, "google", by=ADMIN)
    connections.stage(connections.get(run.connection_id), configuration(), by=ADMIN)
    connections.go_live(connections.get(run.connection_id), by=OPERATOR)
    db.session.commit()
    tenant = make_tenant(GOOGLE)
    browser = sign_in(live, "ada@acme.example")
    browser.submit("/setup/acme/scim", {"idp": "google"})
    db.session.rollback()
    return browser, setup_runs.latest(company, "scim"), tenant


def sign_in(live, email):
    """A browser in which this person came in by their password."""
    live.test_client_class = CheckedClient
    browser = live.test_client()
    address = f"/login/password?email={email}"
    assert browser.submit("/login/password", {"email": email, "password": PASSWORD}, page=address).status_code == 303
    return browser


def give(browser, run, step, values):
    return browser.submit(at(run, "scim", step), values)


def test_the_whole_rehearsal(live, world):
    browser, run, tenant = world
    key = browser.get(f"/practice/{tenant.id}/key.json").text
    give(browser, run, "key", {"key": key})
    early = give(browser, run, "admin", {"admin": "ada@acme.example"})
    values = [field["value"] for field in soup(browser.get(at(run, "scim", "delegation"))).select("input[readonly]")]
    console = f"/practice/{tenant.id}/provisioning"
    delegation = f"/practice/{tenant.id}/delegation"
    browser.submit(delegation, {"client_id": values[0], "scopes": values[1]}, page=console)
    not_admin = give(browser, run, "admin", {"admin": "grace@acme.example"})
    works = give(browser, run, "admin", {"admin": "ada@acme.example"})
    give(browser, run, "who", {"whom": "everybody"})
    db.session.rollback()

    assert pulling.pull_due(threading.Event())

    assert "does not let this service account read" in text(early)
    assert "grace@acme.example may not read" in text(not_admin)
    assert works.location == at(run, "scim", "who")
    db.session.rollback()
    assert db.session.query(DirectoryUser).count() == 6
    db.session.rollback()


def test_a_forgotten_scope_is_named(world):
    browser, run, tenant = world
    give(browser, run, "key", {"key": browser.get(f"/practice/{tenant.id}/key.json").text})
    browser.submit(
        f"/practice/{tenant.id}/delegation", {"client_id": client_id(tenant), "scopes": ",".join(SCOPES[:2])},
        page=f"/practice/{tenant.id}/provisioning",
    )  # fmt: skip

    said = text(give(browser, run, "admin", {"admin": "ada@acme.example"}))

    assert f"without {SCOPES[2]}" in said


def test_the_client_id_of_somebody_else_authorizes_nothing(client, app):
    tenant = make_tenant(GOOGLE)

    client.submit(
        f"/practice/{tenant.id}/delegation",
        {"client_id": "1", "scopes": SCOPES[0]},
        page=f"/practice/{tenant.id}/provisioning",
    )

    db.session.rollback()
    assert tenants.find(tenant.id).cast.delegation == ""


@pytest.mark.parametrize("assertion", ["", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0."])
def test_what_is_not_signed_gets_no_token(client, assertion):
    answer = client.post("/practice/google/token", data={"assertion": assertion})

    assert answer.json["error"] == "invalid_grant"


def test_without_practice_there_is_no_google(make_app):
    there = make_app(practice=False).test_client()

    assert there.post("/practice/google/token").status_code == 404
    assert there.get("/practice/google/admin/directory/v1/users").status_code == 404
