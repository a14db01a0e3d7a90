"""The tab Domains says whether a domain counts and how to mend it, and whose people sign in where."""

from datetime import timedelta

import pytest

from portal.extensions import db
from portal.models import VerifiedBy
from portal.models.base import now
from portal.organizations import connection_domains, domains
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import make_connection, member_of

PAGE = "/organizations/acme/domains"


@pytest.fixture
def ada(client, acme, sign_in):
    sign_in(client, member_of(acme, "ada@acme.example").user)
    return client


@pytest.fixture
def domain(acme):
    """Proven by its record."""
    made = domains.claim(acme, "acme.test", by=OPERATOR)
    domains.count(made, VerifiedBy.DNS, by=OPERATOR)
    db.session.commit()
    return made


def test_a_domain_that_counts_says_that_it_is_looked_at(ada, domain):
    assert "Leave the record where it is: we look every day" in text(ada.get(PAGE))


def test_a_missing_record_is_told_with_its_end_and_what_to_put_back(ada, domain):
    domain.missing_at = now() - timedelta(days=2)
    db.session.commit()

    page = ada.get(PAGE)

    assert f"counts until {now() + timedelta(days=5):%-d %B %Y}" in text(page)
    assert soup(page).find(id=f"value-{domain.id}")["value"] == domain.record_value


def test_a_lost_domain_says_how_it_comes_back(ada, domain):
    domain.missing_at = now() - timedelta(days=9)
    domains.stop_counting(domain)
    db.session.commit()

    assert "Does not count" in text(ada.get(PAGE))
    assert "Put the record back" in text(ada.get(PAGE))


def test_a_silent_dns_is_said_and_changes_nothing(ada, domain, monkeypatch):
    from tests.organizations.test_domain_checks import silent

    domain.missing_at = now()
    db.session.commit()
    monkeypatch.setattr(domains, "txt", silent)

    answer = ada.submit(f"{PAGE}/{domain.id}/check", page=PAGE)

    assert "did not answer" in text(answer)
    assert domain.verified


def test_with_one_connection_there_is_nothing_to_choose(ada, acme, domain):
    make_connection(acme)

    assert "sign in through" not in text(ada.get(PAGE)).replace("may sign in through", "")


def test_with_several_a_domain_may_be_bound_and_set_free(ada, acme, domain):
    okta, entra = make_connection(acme), make_connection(acme, idp="entra")

    ada.submit(f"{PAGE}/{domain.id}/connection", {"connection": entra.id}, page=PAGE)
    assert list(connection_domains.for_email("x@acme.test")) == [entra]

    ada.submit(f"{PAGE}/{domain.id}/connection", {"connection": ""}, page=PAGE)
    assert list(connection_domains.for_email("x@acme.test")) == [okta, entra]


def test_a_connection_of_somebody_else_is_no_choice(ada, acme, globex, domain):
    make_connection(acme)
    make_connection(acme, idp="entra")
    foreign = make_connection(globex)

    assert ada.submit(f"{PAGE}/{domain.id}/connection", {"connection": foreign.id}, page=PAGE).status_code == 404
    assert connection_domains.listed(acme) == {}
