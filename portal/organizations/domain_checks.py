"""Domains over time: proof that appears is noticed, proof that is gone has days to come back, and people are told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Domain, ItContact, Organization, VerifiedBy
from portal.models.base import now
from portal.organizations import audience, domains, events
from portal.organizations.actors import Actor
from portal.organizations.audience import Matter, Reader
from portal.organizations.domains import DAILY, HOURLY
from portal.organizations.refusals import DomainTaken
from portal.settings import current
from portal.words import LazyString, _, _l, day

LEASE = timedelta(minutes=10)  # how long one worker has for what it took
BATCH = 20
EAGER = timedelta(days=3)  # after a claim somebody waits for it
PATIENT = timedelta(days=30)  # then nobody does any more, and only the button looks


def take_due() -> Sequence[Domain]:
    """Domains whose TXT record is to be looked at; another worker finds others."""
    due = sa.select(Domain).where(Domain.due_at <= now()).order_by(Domain.due_at).limit(BATCH)
    taken = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    for domain in taken:
        domain.due_at = now() + LEASE
    return taken


def ends_at(domain: Domain) -> datetime | None:
    """When a domain without its record stops counting."""
    if not domain.verified or domain.missing_at is None:
        return None
    return domain.missing_at + timedelta(days=current().domain_grace_days)


def note_silence(domain: Domain) -> None:
    """The DNS did not answer, which proves nothing."""
    domain.due_at = now() + HOURLY


def note(domain: Domain, records: Sequence[str], *, by: Actor) -> None:
    """What was found where our record should be."""
    domain.checked_at = now()
    if domain.record_value in records:
        _found(domain, by)
    elif domain.verified_by is VerifiedBy.DNS:
        _missing(domain, by)
    else:
        domain.due_at = _next_try(domain)


def _found(domain: Domain, by: Actor) -> None:
    domain.due_at = now() + DAILY
    if domain.verified:
        if domain.missing_at:
            domain.missing_at = None
            events.record("domain.found", domain.organization_id, domain, by=by)
        return
    try:
        domains.count(domain, VerifiedBy.DNS, by=by)
    except DomainTaken:
        domain.due_at = now() + DAILY


def _missing(domain: Domain, by: Actor) -> None:
    domain.due_at = now() + DAILY
    if domain.missing_at is None:
        domain.missing_at = now()
        events.record("domain.missing", domain.organization_id, domain, by=by, until=f"{ends_at(domain):%Y-%m-%d}")
        if current().domain_grace_days:
            _tell(domain, _l("The proof for %(domain)s is gone", domain=domain.name))
    end = ends_at(domain) or now()
    if end <= now():
        _lose(domain, by)
    elif end - now() <= DAILY and domain.told_at and now() - domain.told_at > DAILY / 2:
        _tell(domain, _l("%(domain)s stops counting tomorrow", domain=domain.name))
    domain.due_at = min(now() + DAILY, end) if domain.verified else domain.due_at


def _lose(domain: Domain, by: Actor) -> None:
    """It is looked for on: the record alone brings it back."""
    domains.stop_counting(domain)
    domain.due_at = now() + HOURLY
    events.record("domain.lost", domain.organization_id, domain, by=by)
    _tell(domain, _l("%(domain)s does not count any more", domain=domain.name))


def _next_try(domain: Domain) -> datetime | None:
    waiting = now() - max(domain.created_at, domain.missing_at or domain.created_at)
    if waiting > PATIENT:
        return None
    return now() + (HOURLY if waiting < EAGER else DAILY)


def _tell(domain: Domain, subject: LazyString) -> None:
    organization = db.session.get_one(Organization, domain.organization_id)
    domain.told_at = now()
    readers: list[Reader | ItContact] = [
        *audience.owners(organization.id),
        *audience.contacts(organization.id, Matter.DEADLINES),
    ]
    audience.tell(readers, lambda: (str(subject), _words(organization, domain)))


def _words(organization: Organization, domain: Domain) -> str:
    end = ends_at(domain)
    counts = (
        _(
            "Until %(day)s everything works as before. After that, people with an address at %(domain)s are no longer led to "
            "your identity provider, and newcomers get an account for your organization only.",
            day=day(end), domain=domain.name,
        )
        if end
        else _(
            "People with an address at %(domain)s are no longer led to your identity provider. Members keep their access.",
            domain=domain.name,
        )
    )  # fmt: skip
    return _(
        "%(organization)s proved that %(domain)s is its own by a TXT record, and the record is not there any more.\n\n"
        "%(counts)s\n\nTo mend it, put the record back where the domain’s DNS is managed:\n\n"
        "Name:  %(name)s\nValue: %(value)s\n\n"
        "We look every day and notice it by ourselves. To have us look at once, press “Check now” here:\n%(url)s\n",
        organization=organization.name, domain=domain.name, counts=counts, name=domain.record_name,
        value=domain.record_value, url=f"{current().public_url}/organizations/{organization.slug}/domains",
    )  # fmt: skip
