"""/organizations/…/setup-links: ways in for an IT admin without an account."""

import uuid
from datetime import datetime
from typing import Literal

from flask import abort
from pydantic import Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.organizations import get as organization_of
from portal.api.paging import Listing, Page, Rows, page
from portal.api.speaking import Asked, Shape, speaks
from portal.models import SetupLink
from portal.organizations import setup_links
from portal.web.access import access


class SetupLinkShape(Shape):
    id: uuid.UUID
    organization_id: uuid.UUID
    scopes: list[str]
    note: str
    email: str
    may_go_live: bool
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    opens: int
    last_opened_at: datetime | None


class IssuedSetupLinkShape(SetupLinkShape):
    """The only answer that holds the address."""

    url: str


class NewSetupLink(Asked):
    scopes: list[Literal["sso", "scim", "domain", "renew"]] = Field(["sso", "scim"], min_length=1, max_length=4)
    days: int | None = Field(None, ge=1, le=30)
    may_go_live: bool = False
    note: str = Field("", max_length=2000)
    email: str = Field("", max_length=320, description="Only whoever reads this address can open it: a code is mailed.")


ADDRESS = "/v1/organizations/<organization>/setup-links"


@bp.get(ADDRESS)
@access("api:setup_links:read")
@speaks(Page[SetupLinkShape])
def list_setup_links(organization: str, query: Listing) -> Rows[SetupLink]:
    """List the setup links of an organization."""
    return page(organization_of(organization).setup_links.select(), SetupLink.id, query)


@bp.post(ADDRESS)
@access("api:setup_links:write")
@speaks(IssuedSetupLinkShape, 201)
def create_setup_link(organization: str, body: NewSetupLink) -> IssuedSetupLinkShape:
    """Make a setup link. This answer is the only one that holds its address."""
    link, url = setup_links.create(
        organization_of(organization), by=actor(), scopes=list(dict.fromkeys(body.scopes)), days=body.days,
        may_go_live=body.may_go_live, note=body.note, email=body.email,
    )  # fmt: skip
    return IssuedSetupLinkShape(**SetupLinkShape.model_validate(link).model_dump(), url=url)


@bp.delete(f"{ADDRESS}/<uuid:link_id>")
@access("api:setup_links:write")
@speaks(None)
def revoke_setup_link(organization: str, link_id: uuid.UUID) -> None:
    """Take a setup link back."""
    setup_links.revoke(setup_links.get(organization_of(organization), link_id) or abort(404), by=actor())
