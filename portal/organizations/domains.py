"""E-mail domains an organization claims, and how it proves that they are its own."""

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files

import dns.exception
import dns.resolver
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Domain, Organization, Session, User, VerifiedBy
from portal.models.base import now
from portal.organizations import events, users
from portal.organizations.actors import Actor
from portal.organizations.refusals import (
    AlreadyClaimed,
    BadDomain,
    DnsSilent,
    DomainTaken,
    NotVerifiedYet,
    PublicMailDomain,
)
from portal.organizations.secrets import new_secret

NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
Resolve = Callable[[str], Sequence[str]]


def claim(organization: Organization, name: str, *, by: Actor) -> Domain:
    """A claim has no effect until it is verified."""
    name = normalize(name)
    if name in public_mail_domains():
        raise PublicMailDomain
    domain = Domain(organization_id=organization.id, name=name, token=new_secret(24), due_at=now() + HOURLY)
    try:
        with db.session.begin_nested():
            db.session.add(domain)
    except IntegrityError as error:
        raise AlreadyClaimed from error
    events.record("domain.claimed", organization, domain, by=by, name=name)
    return domain


def verify(domain: Domain, *, by: Actor, resolve: Resolve | None = None) -> None:
    """Look for our TXT record; `NotVerifiedYet` when it is not there, `DnsSilent` when nobody could say."""
    records = (resolve or txt)(domain.record_name)
    domain.checked_at = now()
    if domain.record_value not in records:
        domain.due_at = now() + HOURLY
        raise NotVerifiedYet
    count(domain, VerifiedBy.DNS, by=by)


def verify_by_staff(domain: Domain, *, by: Actor) -> None:
    count(domain, VerifiedBy.STAFF, by=by)


def count(domain: Domain, how: VerifiedBy, *, by: Actor) -> None:
    """From now on it is this organization's. What support verified is not looked at again."""
    due_at = now() + DAILY if how is VerifiedBy.DNS else None
    try:
        with db.session.begin_nested():
            domain.verified_at, domain.verified_by, domain.due_at, domain.missing_at = now(), how, due_at, None
            db.session.flush()
    except IntegrityError as error:
        _look_at_holder(domain.name)
        raise DomainTaken from error
    events.record("domain.verified", domain.organization_id, domain, by=by, how=how.value)


def stop_counting(domain: Domain) -> None:
    """Sessions its organization's IdP opened for people of this domain reach that organization only, from now on."""
    domain.verified_at = domain.verified_by = None
    people = sa.select(User.id).where(User.email_key.endswith(f"@{domain.name}", autoescape=True))
    theirs = Session.organization_id == domain.organization_id, Session.revoked_at.is_(None), Session.reaches_all
    db.session.execute(sa.update(Session).where(*theirs, Session.user_id.in_(people)).values(reaches_all=False))


def remove(domain: Domain, *, by: Actor) -> None:
    if domain.verified:
        stop_counting(domain)
    events.record("domain.removed", domain.organization_id, domain, by=by, name=domain.name)
    db.session.delete(domain)


def listed(organization: Organization) -> Sequence[Domain]:
    return db.session.scalars(organization.domains.select().order_by(Domain.name)).all()


def verified_names(organization: Organization) -> list[str]:
    return [domain.name for domain in listed(organization) if domain.verified]


def get(organization: Organization, domain_id: uuid.UUID) -> Domain | None:
    return db.session.scalars(organization.domains.select().where(Domain.id == domain_id)).one_or_none()


def is_verified(organization_id: uuid.UUID, email: str) -> bool:
    return db.session.scalar(sa.select(verified_by(organization_id, users.domain_of(email)))) or False


def verified_by(organization_id: uuid.UUID, name: str) -> sa.Exists:
    """As a condition, so that a look-up of a person can carry it along. A subdomain is another domain."""
    return sa.exists().where(
        Domain.organization_id == organization_id, Domain.name == name, Domain.verified_at.is_not(None)
    )


def owner_of(email: str) -> Organization | None:
    """The organization that has verified this address's domain."""
    return db.session.scalars(
        sa.select(Organization)
        .join(Domain, Domain.organization_id == Organization.id)
        .where(Domain.name == users.domain_of(email), Domain.verified_at.is_not(None))
    ).one_or_none()


def mail_hosts(name: str) -> list[str]:
    """Where the mail of this domain goes, the preferred host first; empty where nobody says so in time."""
    try:
        answer = dns.resolver.resolve(name, "MX", lifetime=3)
    except dns.exception.DNSException:
        return []
    return [str(record.exchange) for record in sorted(answer, key=lambda record: record.preference)]


def normalize(name: str) -> str:
    """Lower case, IDNA, without what people paste along (`http://`, `@`, a path)."""
    name = re.sub(r"^(https?://|mailto:)", "", name.strip().lower()).rpartition("@")[2].split("/")[0].strip(".")
    try:
        name = name.encode("idna").decode()
    except UnicodeError as error:
        raise BadDomain from error
    if not NAME.fullmatch(name):
        raise BadDomain
    return name


@cache
def public_mail_domains() -> frozenset[str]:
    text = files("portal.organizations").joinpath("public_mail_domains.txt").read_text()
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def txt(name: str) -> list[str]:
    """The TXT records of this name. A DNS that does not answer says nothing about them: `DnsSilent`."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=5)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise DnsSilent from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _look_at_holder(name: str) -> None:
    """Somebody else proves the same name: whether its holder still does is looked at now, not tomorrow."""
    held = sa.update(Domain).where(Domain.name == name, Domain.verified_by == VerifiedBy.DNS)
    db.session.execute(held.values(due_at=now()))
