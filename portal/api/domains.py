"""/organizations/…/domains: e-mail domains an organization claims, and the proof that they are its own."""

import uuid
from datetime import datetime

from flask import abort
from pydantic import Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.organizations import get as organization_of
from portal.api.paging import Page, Rows, whole
from portal.api.speaking import Asked, Shape, speaks
from portal.models import Domain, VerifiedBy
from portal.organizations import domains
from portal.web.access import access


class DomainShape(Shape):
    """The TXT record that proves it is `record_value` at `record_name`; `missing_at`: since when one that was there is gone."""

    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    verified: bool
    verified_at: datetime | None
    verified_by: VerifiedBy | None
    checked_at: datetime | None
    missing_at: datetime | None
    record_name: str
    record_value: str
    created_at: datetime


class NewDomain(Asked):
    name: str = Field(max_length=253)


class Verification(Asked):
    """`dns` looks for the TXT record; `staff` is your own word, and is kept on record as such."""

    by: VerifiedBy = VerifiedBy.DNS


ADDRESS = "/v1/organizations/<organization>/domains"


@bp.get(ADDRESS)
@access("api:domains:read")
@speaks(Page[DomainShape])
def list_domains(organization: str) -> Rows[Domain]:
    """List the domains of an organization."""
    return whole(domains.listed(organization_of(organization)))


@bp.post(ADDRESS)
@access("api:domains:write")
@speaks(DomainShape, 201)
def create_domain(organization: str, body: NewDomain) -> Domain:
    """Claim a domain. It has no effect until it is verified."""
    return domains.claim(organization_of(organization), body.name, by=actor())


@bp.get(f"{ADDRESS}/<uuid:domain_id>")
@access("api:domains:read")
@speaks(DomainShape)
def show_domain(organization: str, domain_id: uuid.UUID) -> Domain:
    """Read a domain."""
    return _get(organization, domain_id)


@bp.post(f"{ADDRESS}/<uuid:domain_id>/verification")
@access("api:domains:write")
@speaks(DomainShape)
def verify_domain(organization: str, domain_id: uuid.UUID, body: Verification) -> Domain:
    """Verify a domain."""
    domain = _get(organization, domain_id)
    if body.by is VerifiedBy.STAFF:
        domains.verify_by_staff(domain, by=actor())
    else:
        domains.verify(domain, by=actor())
    return domain


@bp.delete(f"{ADDRESS}/<uuid:domain_id>")
@access("api:domains:write")
@speaks(None)
def delete_domain(organization: str, domain_id: uuid.UUID) -> None:
    """Take a domain off the list."""
    domains.remove(_get(organization, domain_id), by=actor())


def _get(organization: str, domain_id: uuid.UUID) -> Domain:
    return domains.get(organization_of(organization), domain_id) or abort(404)
