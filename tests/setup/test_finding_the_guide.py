"""Somebody who does not know which guide is theirs is led to it: by metadata they have, or by where their mail goes."""

from xml.sax.saxutils import escape

import pytest

from portal.extensions import db
from portal.models import SetupRun
from portal.organizations import connections, domains
from portal.saml.vocabulary import REDIRECT
from tests.clients import soup, text
from tests.saml.test_metadata import document
from tests.setup.conftest import connection_of
from tests.wizards.test_recognition import METADATA
from wizards import facts

HTMX = {"HX-Request": "true"}
BRING = "/setup/acme/sso/metadata"


def bring(browser, source):
    return browser.submit(BRING, {"source": source}, page="/setup/acme/sso")


def metadata_of(idp):
    entity_id, sso_url = METADATA.get(idp, ("https://idp.acme.example/m", "https://idp.acme.example/sso"))
    return document(entity_id=entity_id, services=[(REDIRECT, escape(sso_url))])


def latest():
    return db.session.scalars(db.select(SetupRun)).one()


@pytest.mark.parametrize("idp", METADATA)
def test_metadata_says_whose_it_is_is_kept_and_leads_to_our_addresses(admin, idp):
    answer = bring(admin, metadata_of(idp))

    run = latest()
    assert run.idp == idp
    assert connection_of(run).candidate.saml.entity_id
    assert soup(admin.get(answer.location)).select("input[readonly]")


def test_metadata_of_a_provider_we_do_not_know_leads_to_the_guide_for_all(admin):
    bring(admin, metadata_of("generic"))

    assert latest().idp == "generic"


@pytest.mark.parametrize("source", ["", "not metadata", "<html><body>Sign in</body></html>"])
def test_what_is_no_metadata_is_told_and_begins_nothing(admin, acme, source):
    refused = bring(admin, source)

    assert refused.status_code == 422
    assert soup(refused).select(".notice-bad")
    assert connections.listed(acme) == []


def test_a_link_for_provisioning_only_brings_no_metadata(holder, live):
    live()
    browser, _ = holder(scopes=["scim"])

    assert browser.post(BRING).status_code in (400, 404)


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("aspmx.l.google.com.", "Google Workspace"),
        ("acme-example.mail.protection.outlook.com.", "Microsoft Entra ID (Azure AD)"),
        ("mx.acme.example.", ""),
        ("google.com.evil.example.", ""),
    ],
)
def test_where_the_mail_goes_is_a_hint_with_its_reason(admin, monkeypatch, host, named):
    monkeypatch.setattr(domains, "mail_hosts", lambda name: [host] if name == "acme.example" else [])

    hint = text(admin.get("/setup/acme/sso/hint", headers=HTMX))

    assert hint == "" if not named else hint.startswith(f"Perhaps {named}? The mail of acme.example goes to")


def test_a_domain_without_mail_is_no_problem(admin, monkeypatch):
    monkeypatch.setattr(domains, "mail_hosts", lambda _: [])

    assert admin.get("/setup/acme/sso/hint", headers=HTMX).data == b""


def test_every_mail_host_belongs_to_one_provider():
    hosts = ["aspmx.l.google.com", "x.mail.protection.outlook.com"]

    assert [facts.by_mail(host).id for host in hosts] == ["google", "entra"]
