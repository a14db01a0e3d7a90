"""Each fault a learner switches on is told by the guide in words, or bears no harm."""

import pytest

from portal.extensions import db
from portal.models import DirectoryGroupMember, SetupRun, User
from portal.organizations import connections, directories, headcounts, setup_runs, tokens
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.practice import faults, idp, pushing, tenants
from portal.practice.others import GOOGLE, JUMPCLOUD, KEYCLOAK, ONELOGIN
from portal.practice.personalities import ENTRA, OKTA
from portal.saml import metadata
from portal.setup import requests
from portal.setup.evidence import Evidence
from tests.clients import text
from tests.factories import make_connection, make_organization
from tests.practice.fixtures import make_tenant
from tests.practice.test_signing_in import ADDRESS, choose, deliver, soup
from wizards import loading
from wizards.definition import Expected

ADMIN = Actor(Door.SETUP, "1", "Ada")
EVERY = pytest.mark.parametrize(
    "personality", [OKTA, ENTRA, GOOGLE, ONELOGIN, JUMPCLOUD, KEYCLOAK], ids=lambda one: one.id
)
PUSHING = pytest.mark.parametrize("personality", [OKTA, ENTRA, ONELOGIN, JUMPCLOUD], ids=lambda one: one.id)


def report(client, acme, personality, *wanted):
    """What the step says after a test sign-in through a practice IdP with these faults."""
    tenant = make_tenant(personality)
    run = setup_runs.for_sign_in(acme, personality.guide, by=ADMIN)
    connection = connections.get(run.connection_id)
    reading = metadata.read(idp.metadata(tenant.sender).decode())
    connections.stage(connection, reading.metadata.configuration(), by=ADMIN)
    tenant.cast.app.acs_url, tenant.cast.app.entity_id = connection.acs_url, connection.entity_id
    tenant.cast.faults = list(wanted)
    tenants.save(tenant)
    db.session.commit()
    step = f"/setup/run/{run.id}/sso/test"
    sent = client.submit(f"/saml/{connection.id}/test", page=step)
    chosen = choose(client, at_idp(client, sent), "Ada Lovelace")
    client.get(deliver(client, chosen).location or "/")
    return text(client.get(step))


def at_idp(client, sent):
    """By redirect, or by the form that posts the question."""
    if sent.status_code == 303:
        return soup(client.get(sent.location.removeprefix(ADDRESS)))
    form = soup(sent).find("form", attrs={"data-continue": True})
    if form is None:
        return soup(client.get(soup(sent).select_one("main a")["href"].removeprefix(ADDRESS)))
    fields = {field["name"]: field["value"] for field in form.find_all("input")}
    return soup(client.post(form["action"].removeprefix(ADDRESS), data=fields))


@pytest.fixture
def admin(client, acme, sign_in):
    sign_in(client, db.session.scalars(db.select(User).where(User.email == "ada@acme.example")).one())
    return client


@EVERY
def test_without_a_fault_the_test_passes(admin, acme, personality):
    assert "The test passed for ada@acme.example" in report(admin, acme, personality)


@EVERY
def test_a_wrong_clock_is_told_with_the_difference(admin, acme, personality):
    said = report(admin, acme, personality, faults.CLOCK)

    assert "The test found something to mend" in said
    assert "clock" in said


@EVERY
def test_another_certificate_is_told(admin, acme, personality):
    said = report(admin, acme, personality, faults.CERTIFICATE)

    assert "The signature does not match any certificate we hold" in said


@pytest.fixture
def connected(live):
    """connected(personality, *faults): it has pushed everybody into a directory that is watched; and the words of the panel."""

    def connected(personality, *wanted):
        company = make_organization("Acme", domain="acme.example", owner="owner@acme.example")
        make_connection(company, idp=personality.guide)
        run = setup_runs.for_provisioning(company, personality.guide, by=ADMIN)
        directory = directories.get(run.directory_id)
        _, secret = tokens.issue(directory, by=OPERATOR)
        tenant, address = make_tenant(personality), directory.base_url
        tenant.cast.faults = list(wanted)
        run_id, directory_id = run.id, directory.id
        db.session.commit()
        pushing.connect(tenant, address, secret)
        pushing.push_everybody(tenant)
        pushing.push_groups(tenant)
        return tenant, run_id, directory_id

    return connected


def panel(run_id):
    run = db.session.get(SetupRun, run_id)
    seen = Evidence(run, loading.load_all()[run.idp])
    told = [requests.told(one, seen, Expected()) for one in requests.latest(seen.directory, 100)]
    db.session.rollback()
    return [(one.kind, one.words, one.mend) for one in told]


def members():
    found = db.session.scalar(db.select(db.func.count()).select_from(DirectoryGroupMember))
    db.session.rollback()
    return found


@PUSHING
def test_a_mistyped_token_is_a_damaged_copy(connected, personality):
    tenant, run_id, _ = connected(personality, faults.TOKEN)

    assert tenant.problems
    assert not tenant.cast.provisioning.connected
    kinds = {(kind, "damaged copy of the token" in words, mend) for kind, words, mend in panel(run_id)}
    assert kinds == {("bad", True, "Copy the token again, whole.")}


@PUSHING
@pytest.mark.parametrize("wanted", [(), (faults.BATCH,), (faults.CAPITALS,), (faults.BATCH, faults.CAPITALS)])
def test_batches_and_capitals_bring_the_same_members(connected, personality, wanted):
    tenant, run_id, _ = connected(personality, *wanted)

    assert tenant.problems == []
    assert members() == 4
    assert {kind for kind, _, _ in panel(run_id)} == {"ok"}


def test_entras_capitals_name_the_flag_in_the_guide(connected):
    tenant, run_id, _ = connected(ENTRA, faults.CAPITALS)
    pushing.push_groups(tenant)

    assert [mend for _, _, mend in panel(run_id) if "aadOptscim062020" in mend]


def test_faults_are_switched_on_and_off_in_the_console(client, practice_okta):
    page = f"/practice/{practice_okta.id}/faults"

    client.submit(page, {"fault": ["clock", "made-up"]})
    db.session.rollback()
    on = tenants.find(practice_okta.id).cast.faults
    client.submit(page, {})
    db.session.rollback()

    assert (on, tenants.find(practice_okta.id).cast.faults) == (["clock"], [])


def test_jumpclouds_test_objects_leave_nothing_behind(connected):
    _, _, directory_id = connected(JUMPCLOUD)

    received = headcounts.received(directories.get(directory_id))
    db.session.rollback()
    assert (received.people, received.groups) == (6, 2)
