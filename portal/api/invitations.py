"""/organizations/…/invitations: asking people in by e-mail."""

import uuid
from datetime import datetime

from flask import abort
from pydantic import Field, field_validator

from portal.api import bp
from portal.api.entry import actor
from portal.api.organizations import get as organization_of
from portal.api.organizations import role
from portal.api.paging import Listing, Page, Rows, page
from portal.api.speaking import Asked, Shape, speaks
from portal.models import Invitation, Role
from portal.organizations import invitations
from portal.web.access import access


class InvitationShape(Shape):
    id: uuid.UUID
    organization_id: uuid.UUID
    email: str
    role: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None

    @field_validator("role", mode="before")
    @classmethod
    def _key(cls, given: Role | str) -> str:
        return given if isinstance(given, str) else given.key


class SentInvitationShape(InvitationShape):
    """The only answer that holds the link; it is mailed, too."""

    url: str


class NewInvitation(Asked):
    email: str = Field(max_length=320)
    role: str = Field("member", max_length=64)


ADDRESS = "/v1/organizations/<organization>/invitations"


@bp.get(ADDRESS)
@access("api:members:read")
@speaks(Page[InvitationShape])
def list_invitations(organization: str, query: Listing) -> Rows[Invitation]:
    """List the open invitations of an organization."""
    found = organization_of(organization).invitations.select()
    still_open = found.where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    return page(still_open, Invitation.id, query)


@bp.post(ADDRESS)
@access("api:members:write")
@speaks(SentInvitationShape, 201)
def create_invitation(organization: str, body: NewInvitation) -> SentInvitationShape:
    """Invite somebody by e-mail."""
    row, url = invitations.invite(organization_of(organization), body.email, role(body.role), by=actor())
    return SentInvitationShape(**InvitationShape.model_validate(row).model_dump(), url=url)


@bp.delete(f"{ADDRESS}/<uuid:invitation_id>")
@access("api:members:write")
@speaks(None)
def revoke_invitation(organization: str, invitation_id: uuid.UUID) -> None:
    """Take an invitation back."""
    invitations.revoke(invitations.get(organization_of(organization), invitation_id) or abort(404), by=actor())
