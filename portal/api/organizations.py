"""/organizations: customer companies, their policies, and whether they may connect single sign-on."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import abort
from pydantic import Field, field_validator

from portal.api import bp
from portal.api.entry import actor
from portal.api.paging import Listing, Page, Rows, page
from portal.api.problems import invalid
from portal.api.speaking import Asked, OneLine, Shape, speaks
from portal.models import Leavers, Organization, Outsiders, Role, SignInPolicy
from portal.organizations import enforcement, organizations, roles
from portal.web.access import access


class OrganizationShape(Shape):
    id: uuid.UUID
    name: str
    slug: str
    sso_allowed: bool
    sign_in_policy: SignInPolicy
    second_factor_required: bool
    just_in_time: bool
    leavers: Leavers
    outsiders: Outsiders
    hold_large_batches: bool
    seats: int | None
    plan: dict[str, Any]
    default_role: str
    created_at: datetime

    @field_validator("default_role", mode="before")
    @classmethod
    def _key(cls, given: Role) -> str:
        return given.key


class NewOrganization(Asked):
    name: OneLine
    slug: str = Field("", max_length=48, pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$")


class OrganizationChange(Asked):
    """Only what is named changes. The `name` of the `plan` decides which roles can be given; the rest of it is yours."""

    name: OneLine | None = None
    plan: dict[str, str | int | bool | None] | None = None
    default_role: str | None = Field(None, max_length=64)
    sso_allowed: bool | None = None
    sign_in_policy: SignInPolicy | None = None
    second_factor_required: bool | None = None
    just_in_time: bool | None = None
    leavers: Leavers | None = None
    outsiders: Outsiders | None = None
    hold_large_batches: bool | None = None
    seats: int | None = Field(None, ge=0, le=10_000_000)


class OrganizationListing(Listing):
    slug: str = Field("", max_length=64)


@bp.get("/v1/organizations")
@access("api:organizations:read")
@speaks(Page[OrganizationShape])
def list_organizations(query: OrganizationListing) -> Rows[Organization]:
    """List organizations, or find the one with a slug."""
    found = sa.select(Organization)
    return page(found.where(Organization.slug == query.slug) if query.slug else found, Organization.id, query)


@bp.post("/v1/organizations")
@access("api:organizations:write")
@speaks(OrganizationShape, 201)
def create_organization(body: NewOrganization) -> Organization:
    """Create an organization. Without a slug, one is made from the name."""
    return organizations.create(body.name, slug=body.slug, by=actor())


@bp.get("/v1/organizations/<organization>")
@access("api:organizations:read")
@speaks(OrganizationShape)
def show_organization(organization: str) -> Organization:
    """Read an organization."""
    return get(organization)


@bp.patch("/v1/organizations/<organization>")
@access("api:organizations:write")
@speaks(OrganizationShape)
def update_organization(organization: str, body: OrganizationChange) -> Organization:
    """Rename an organization or change its policies."""
    found, given = get(organization), body.model_dump(exclude_unset=True)
    empty = [name for name, value in given.items() if value is None and name != "seats"]
    if empty:
        raise invalid(f"/{empty[0]}", "cannot be null; leave it out to keep it")
    if "name" in given:
        organizations.rename(found, given.pop("name"), by=actor())
    if "plan" in given:
        organizations.set_plan(found, given.pop("plan"), by=actor())
    if "default_role" in given:
        organizations.set_default_role(found, role(given.pop("default_role"), "/default_role"), by=actor())
    if "sign_in_policy" in given:
        enforcement.set_policy(found, given.pop("sign_in_policy"), by=actor())
    organizations.set_policy(found, by=actor(), **given)
    return found


@bp.delete("/v1/organizations/<organization>")
@access("api:organizations:write")
@speaks(None)
def delete_organization(organization: str) -> None:
    """Delete an organization at once and for good, with its members, connections, directories and activity."""
    organizations.delete(get(organization), by=actor())


@bp.put("/v1/organizations/<organization>/sso-allowance")
@access("api:connections:write")
@speaks(OrganizationShape)
def allow_sso(organization: str) -> Organization:
    """Allow an organization to connect single sign-on and provisioning."""
    return _switch_sso(organization, allowed=True)


@bp.delete("/v1/organizations/<organization>/sso-allowance")
@access("api:connections:write")
@speaks(OrganizationShape)
def disallow_sso(organization: str) -> Organization:
    """Switch single sign-on and provisioning off for an organization. Nothing it set up is lost."""
    return _switch_sso(organization, allowed=False)


def get(name: str) -> Organization:
    """By id or by slug. Unknown ones and malformed ones alike do not exist."""
    return (organizations.find(name) if name.isprintable() else None) or abort(404)


def organization_of_id(organization_id: uuid.UUID) -> Organization:
    """One that a row of ours points at."""
    return organizations.find(str(organization_id)) or abort(404)


def role(key: str, where: str = "/role") -> Role:
    if found := roles.find(key):
        return found
    raise invalid(where, f"must be one of {', '.join(one.key for one in roles.every())}")


def _switch_sso(name: str, *, allowed: bool) -> Organization:
    organization = get(name)
    organizations.set_policy(organization, by=actor(), sso_allowed=allowed)
    return organization
