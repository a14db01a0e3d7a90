"""/organizations/…/api-keys: keys your customers use with your own API; you ask here whether one counts."""

import uuid
from datetime import datetime
from typing import Any

from flask import abort
from pydantic import Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.memberships import MembershipShape
from portal.api.organizations import OrganizationShape, organization_of_id
from portal.api.organizations import get as organization_of
from portal.api.paging import Listing, Page, Rows, page
from portal.api.problems import invalid
from portal.api.speaking import Asked, OneLine, Shape, speaks
from portal.models import Membership, OrganizationKey
from portal.organizations import members, organization_keys
from portal.web.access import access


class OrganizationKeyShape(Shape):
    """Without `membership_id` it is the organization's; with it, that member's, and ends with their access. `details` are
    your own."""

    id: uuid.UUID
    organization_id: uuid.UUID
    membership_id: uuid.UUID | None
    name: str
    prefix: str
    details: dict[str, Any]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedOrganizationKeyShape(OrganizationKeyShape):
    """The only answer that holds the key itself."""

    key: str


class ValidatedKeyShape(Shape):
    """A key that counts now: whose it is, and what they may do."""

    key: OrganizationKeyShape
    organization: OrganizationShape
    membership: MembershipShape | None
    permissions: list[str]


class NewOrganizationKey(Asked):
    """Without `days` it does not expire."""

    name: OneLine = Field("", max_length=320)
    membership_id: uuid.UUID | None = None
    days: int | None = Field(None, ge=1, le=3650)
    details: dict[str, str | int | bool | None] = Field({}, max_length=50)


class KeyListing(Listing):
    membership_id: uuid.UUID | None = None


class KeyValidation(Asked):
    key: str = Field(max_length=200)


ADDRESS = "/v1/organizations/<organization>/api-keys"


@bp.get(ADDRESS)
@access("api:api_keys:read")
@speaks(Page[OrganizationKeyShape])
def list_organization_keys(organization: str, query: KeyListing) -> Rows[OrganizationKey]:
    """List the keys of an organization, or of one of its members; ended ones too."""
    found = organization_keys.listed(organization_of(organization))
    mine = found.where(OrganizationKey.membership_id == query.membership_id) if query.membership_id else found
    return page(mine, OrganizationKey.id, query)


@bp.post(ADDRESS)
@access("api:api_keys:write")
@speaks(IssuedOrganizationKeyShape, 201)
def create_organization_key(organization: str, body: NewOrganizationKey) -> IssuedOrganizationKeyShape:
    """Make a key for an organization, or for one of its members. This answer is the only one that holds it."""
    ours = organization_of(organization)
    member = members.get(ours, body.membership_id) if body.membership_id else None
    if body.membership_id and (member is None or not member.active):
        raise invalid("/membership_id", "is no active member of this organization")
    row, secret = organization_keys.issue(
        ours, body.name, by=actor(), membership=member, days=body.days, details=dict(body.details)
    )
    return IssuedOrganizationKeyShape(**OrganizationKeyShape.model_validate(row).model_dump(), key=secret)


@bp.get(f"{ADDRESS}/<uuid:key_id>")
@access("api:api_keys:read")
@speaks(OrganizationKeyShape)
def show_organization_key(organization: str, key_id: uuid.UUID) -> OrganizationKey:
    """Read a key; never the secret."""
    return _get(organization, key_id)


@bp.delete(f"{ADDRESS}/<uuid:key_id>")
@access("api:api_keys:write")
@speaks(None)
def revoke_organization_key(organization: str, key_id: uuid.UUID) -> None:
    """End a key at once."""
    organization_keys.revoke(_get(organization, key_id), by=actor())


@bp.post("/v1/api-keys/validation")
@access("api:api_keys:read")
@speaks(ValidatedKeyShape)
def validate_organization_key(body: KeyValidation) -> dict[str, object]:
    """Ask whether a key that somebody sent you counts, and whose it is."""
    row = organization_keys.check(body.key)
    member = row.membership
    return {
        "key": row, "organization": organization_of_id(row.organization_id), "membership": member,
        "permissions": _permissions(member) if member else [],
    }  # fmt: skip


def _permissions(member: Membership) -> list[str]:
    return sorted({permission for role in member.roles for permission in role.permissions})


def _get(organization: str, key_id: uuid.UUID) -> OrganizationKey:
    return organization_keys.get(organization_of(organization), key_id) or abort(404)
