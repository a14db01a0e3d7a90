"""A domain is claimed and proven within the set-up, by people and by holders of a link with that scope."""

import pytest

from portal.extensions import db
from portal.organizations import domains
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text


@pytest.fixture
def claimed(acme):
    domain = domains.claim(acme, "acme.test", by=OPERATOR)
    db.session.commit()
    return domain


def check(browser, domain):
    return browser.submit(f"/setup/acme/domains/{domain.id}/verification", page="/setup/acme/domains")


def test_the_record_to_add_is_shown(admin, claimed):
    page = soup(admin.get("/setup/acme/domains"))

    assert [field["value"] for field in page.select("input[readonly]")] == [claimed.record_name, claimed.record_value]


def test_a_domain_is_claimed_in_place(admin, acme):
    admin.submit("/setup/acme/domains", {"name": "https://New.Example/"})

    assert [domain.name for domain in domains.listed(acme)] == ["acme.example", "new.example"]


def test_a_public_mail_domain_is_refused_in_words(admin):
    page = admin.submit("/setup/acme/domains", {"name": "gmail.com"})

    assert page.status_code == 422
    assert "no organization can own it" in text(page)


def test_a_record_that_is_there_verifies(admin, acme, claimed, monkeypatch):
    records = {claimed.record_name: [claimed.record_value]}
    monkeypatch.setattr(domains, "txt", lambda name: records.get(name, []))

    assert check(admin, claimed).status_code == 303
    assert "acme.test" in domains.verified_names(acme)


def test_a_record_that_is_missing_is_said_and_the_look_is_kept(admin, acme, claimed, monkeypatch):
    monkeypatch.setattr(domains, "txt", lambda _: [])

    page = check(admin, claimed)

    assert "did not find the TXT record yet" in text(page)
    assert "last looked" in text(page)
    assert "acme.test" not in domains.verified_names(acme)


@pytest.mark.parametrize(("scopes", "status"), [(["domain"], 200), (["sso", "scim"], 404)])
def test_a_link_needs_the_scope(holder, scopes, status):
    browser, _ = holder(scopes=scopes)

    assert browser.get("/setup/acme/domains").status_code == status


def test_a_link_for_the_domain_alone_starts_there(holder):
    browser, _ = holder(scopes=["domain"])

    assert soup(browser.get("/setup/acme/domains")).h1.get_text() == "Verify your e-mail domain"
    assert browser.get("/setup/acme/sso").status_code == 404
