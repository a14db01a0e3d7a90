"""Proof of a domain that appears is noticed; proof that is gone has days to come back, and owners are told."""

from datetime import timedelta

import pytest
import time_machine

from portal.cli.looking import look_at_due
from portal.extensions import db
from portal.models import Domain, Event, Mail, Session, VerifiedBy
from portal.models.base import now
from portal.organizations import domain_checks, domains, sessions
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.organizations.refusals import DnsSilent, DomainTaken
from tests.factories import make_connection, member_of

DAY = timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as moved:
        yield moved


@pytest.fixture
def claimed(acme):
    domain = domains.claim(acme, "acme.test", by=OPERATOR)
    db.session.commit()
    return domain


@pytest.fixture
def proven(claimed):
    domains.verify(claimed, by=OPERATOR, resolve=there(claimed))
    db.session.commit()
    return claimed


def there(domain):
    value = domain.record_value
    return lambda _: ["v=spf1 -all", value]


def gone(_):
    return []


def silent(_):
    raise DnsSilent


def days(clock, count, answer):
    """That many days go by, with the worker looking at whatever is due."""
    for _ in range(count * 24):
        clock.shift(DAY / 24)
        look_at_due(answer)
    db.session.expire_all()


def names(prefix="domain."):
    found = db.session.scalars(db.select(Event.name).where(Event.name.startswith(prefix)).order_by(Event.id))
    return [name for name in found if name not in ("domain.claimed", "domain.verified")]


def subjects():
    return list(db.session.scalars(db.select(Mail.subject).order_by(Mail.id)))


def test_proof_that_appears_is_noticed_within_the_hour(claimed, clock):
    clock.shift(DAY / 24)
    look_at_due(gone)
    clock.shift(DAY / 24)
    look_at_due(there(claimed))

    assert db.session.get_one(Domain, claimed.id, populate_existing=True).verified_by is VerifiedBy.DNS


def test_nobody_looks_for_a_proof_that_never_comes(claimed, clock):
    days(clock, 35, gone)
    checked = claimed.checked_at
    days(clock, 3, gone)

    assert claimed.checked_at == checked
    assert claimed.due_at is None


def test_a_proven_domain_is_looked_at_daily(proven, clock):
    looked = []

    days(clock, 3, lambda name: looked.append(name) or there(proven)(name))

    assert looked == ["_vestibule.acme.test"] * 3
    assert proven.verified
    assert names() == []


def test_a_proof_that_is_gone_has_a_week_to_come_back(proven, clock):
    days(clock, 7, gone)
    assert proven.verified
    assert names() == ["domain.missing"]
    assert subjects() == ["The proof for acme.test is gone", "acme.test stops counting tomorrow"]

    days(clock, 2, gone)
    assert not proven.verified
    assert names() == ["domain.missing", "domain.lost"]
    assert subjects()[2:] == ["acme.test does not count any more"]


def test_owners_are_told_what_to_put_back(proven, clock):
    days(clock, 2, gone)

    mail = db.session.scalars(db.select(Mail)).one()
    assert mail.recipient == "ada@acme.example"
    assert proven.record_value in mail.body
    assert f"{domain_checks.ends_at(proven):%-d %B %Y}" in mail.body


def test_a_record_put_back_in_time_changes_nothing(proven, clock):
    days(clock, 3, gone)
    days(clock, 2, there(proven))

    assert (proven.verified, proven.missing_at) == (True, None)
    assert names() == ["domain.missing", "domain.found"]


def test_a_record_put_back_later_brings_the_domain_back(proven, clock):
    days(clock, 10, gone)
    days(clock, 2, there(proven))

    assert (proven.verified, proven.missing_at) == (True, None)


def test_a_silent_dns_proves_nothing(proven, clock):
    days(clock, 30, silent)

    assert proven.verified
    assert (names(), subjects()) == ([], [])


def test_what_support_verified_is_not_looked_at(acme, clock):
    days(clock, 10, gone)

    assert domains.is_verified(acme.id, "ada@acme.example")


def test_without_grace_a_domain_is_lost_at_once(make_app, clock):
    from tests.factories import make_organization

    with make_app(domain_grace_days=0).app_context():
        domain = domains.claim(make_organization("Acme", owner="ada@acme.example"), "acme.test", by=OPERATOR)
        domains.verify(domain, by=OPERATOR, resolve=there(domain))
        db.session.commit()
        days(clock, 2, gone)

        assert not domain.verified
        assert subjects() == ["acme.test does not count any more"]


def test_somebody_else_who_proves_the_name_has_its_holder_looked_at_now(proven, globex, clock):
    other = domains.claim(globex, "acme.test", by=OPERATOR)
    with pytest.raises(DomainTaken):
        domains.verify(other, by=OPERATOR, resolve=there(other))
    db.session.commit()

    look_at_due(there(other))

    assert db.session.get_one(Domain, proven.id, populate_existing=True).missing_at is not None


def test_a_domain_that_changed_hands_is_the_new_holders_by_itself(proven, globex, clock):
    other = domains.claim(globex, "acme.test", by=OPERATOR)
    db.session.commit()

    days(clock, 10, there(other))

    assert not proven.verified
    assert domains.owner_of("ada@acme.test").id == globex.id


def test_sessions_opened_for_people_of_a_lost_domain_reach_its_organization_only(proven, acme, clock):
    ada = member_of(acme, "ada@acme.example")
    ada.user.email, ada.user.email_key = "ada@acme.test", "ada@acme.test"
    row, _ = sessions.open_through(make_connection(acme), ada, by=Actor(Door.SAML))
    db.session.commit()
    assert row.reaches_all

    domains.remove(proven, by=OPERATOR)
    db.session.commit()

    assert not db.session.get_one(Session, row.id, populate_existing=True).reaches_all
