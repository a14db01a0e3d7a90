"""E-mail domains an organization claims, and how it proves that they are its own."""

import re
import uuid
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

import dns.exception
import dns.resolver
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Domain, Organization, VerifiedBy
from portal.models.base import now
from portal.organizations import events, users
from portal.organizations.actors import Actor
from portal.organizations.refusals import AlreadyClaimed, BadDomain, DomainTaken, NotVerifiedYet, PublicMailDomain
from portal.organizations.secrets import new_secret

NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
Resolve = Callable[[str], Sequence[str]]


def claim(organization: Organization, name: str, *, by: Actor) -> Domain:
    """A claim has no effect until it is verified."""
    name = normalize(name)
    if name in public_mail_domains():
        raise PublicMailDomain
    domain = Domain(organization_id=organization.id, name=name, token=new_secret(24))
    try:
        with db.session.begin_nested():
            db.session.add(domain)
    except IntegrityError as error:
        raise AlreadyClaimed from error
    events.record("domain.claimed", organization, domain, by=by, name=name)
    return domain


def verify(domain: Domain, *, by: Actor, resolve: Resolve | None = None) -> None:
    """Look for our TXT record; `NotVerifiedYet` when it is not there."""
    domain.checked_at = now()
    if domain.record_value not in (resolve or _txt)(domain.record_name):
        raise NotVerifiedYet
    _verified(domain, VerifiedBy.DNS, by)


def verify_by_staff(domain: Domain, *, by: Actor) -> None:
    _verified(domain, VerifiedBy.STAFF, by)


def _verified(domain: Domain, how: VerifiedBy, by: Actor) -> None:
    try:
        with db.session.begin_nested():
            domain.verified_at, domain.verified_by = now(), how
            db.session.flush()
    except IntegrityError as error:
        raise DomainTaken from error
    events.record("domain.verified", domain.organization_id, domain, by=by, how=how.value)


def remove(domain: Domain, *, by: Actor) -> None:
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


def _txt(name: str) -> list[str]:
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=5)
    except dns.exception.DNSException:
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
