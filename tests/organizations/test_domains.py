"""A domain counts once it is proven, for one organization at a time."""

import pytest

from portal.organizations import domains
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import AlreadyClaimed, BadDomain, DomainTaken, NotVerifiedYet, PublicMailDomain


def test_the_txt_record_proves_it(acme):
    domain = domains.claim(acme, "acme.test", by=OPERATOR)

    domains.verify(
        domain, by=OPERATOR, resolve=lambda name: [domain.record_value] if name == "_vestibule.acme.test" else []
    )

    assert domain.verified


def test_another_record_proves_nothing(acme):
    domain = domains.claim(acme, "acme.test", by=OPERATOR)

    with pytest.raises(NotVerifiedYet):
        domains.verify(domain, by=OPERATOR, resolve=lambda _: ["v=spf1 -all", domain.record_value + "x"])

    assert not domain.verified


def test_two_may_claim_a_name_and_the_first_to_prove_it_has_it(acme, globex):
    first, second = (domains.claim(organization, "shared.test", by=OPERATOR) for organization in (acme, globex))
    domains.verify_by_staff(first, by=OPERATOR)

    with pytest.raises(DomainTaken):
        domains.verify_by_staff(second, by=OPERATOR)


@pytest.mark.parametrize("name", ["gmail.com", "GMAIL.com", "someone@gmail.com", "qq.com"])
def test_a_public_mail_provider_belongs_to_nobody(acme, name):
    with pytest.raises(PublicMailDomain):
        domains.claim(acme, name, by=OPERATOR)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("https://Acme.Test/login", "acme.test"),
        ("ada@acme.test", "acme.test"),
        (" bücher.test. ", "xn--bcher-kva.test"),
    ],
)
def test_what_people_paste_is_understood(acme, typed, name):
    assert domains.claim(acme, typed, by=OPERATOR).name == name


@pytest.mark.parametrize("name", ["", "acme", "a b.test", "-a.test", "acme..test", "1.2.3.4", "x" * 300 + ".test"])
def test_what_is_no_domain_is_refused(acme, name):
    with pytest.raises(BadDomain):
        domains.claim(acme, name, by=OPERATOR)


def test_nobody_claims_a_name_twice(acme):
    with pytest.raises(AlreadyClaimed):
        domains.claim(acme, "acme.example", by=OPERATOR)
