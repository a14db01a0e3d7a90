"""/organizations/…/directories: sources of people, what they say, whether it is in force, and their tokens."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask import abort
from pydantic import Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.organizations import get as organization_of
from portal.api.paging import Listing, Page, Rows, page, whole
from portal.api.speaking import Asked, OneLine, Shape, speaks
from portal.extensions import db
from portal.models import Applied, Directory, DirectoryGroup, DirectoryKind, DirectoryUser, Mode, ScimToken
from portal.organizations import directories, tokens
from portal.web.access import access


class DirectoryShape(Shape):
    id: uuid.UUID
    organization_id: uuid.UUID
    idp: str
    name: str
    kind: DirectoryKind
    mode: Mode
    base_url: str
    created_at: datetime
    live_at: datetime | None
    last_request_at: datetime | None


class DirectoryUserShape(Shape):
    """What the IdP says of a person, and how far it is in force."""

    id: uuid.UUID
    user_name: str
    external_id: str | None
    active: bool
    email: str
    display_name: str
    membership_id: uuid.UUID | None
    applied: Applied
    problem: str
    created_at: datetime
    changed_at: datetime


class DirectoryGroupShape(Shape):
    id: uuid.UUID
    display_name: str
    external_id: str | None
    created_at: datetime
    changed_at: datetime


class NewDirectory(Asked):
    """`idp` names the guide, such as `okta` or `generic`."""

    idp: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    name: OneLine = Field("", max_length=320)


class ModeChange(Asked):
    mode: Mode


class TokenShape(Shape):
    id: uuid.UUID
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedTokenShape(TokenShape):
    """The only answer that holds the token itself."""

    token: str


class NewToken(Asked):
    """Without `days`, it does not expire. `rotate` lets the tokens there are work for seven more days."""

    name: OneLine = Field("", max_length=320)
    days: int | None = Field(None, ge=1, le=3650)
    rotate: bool = False


ADDRESS = "/v1/organizations/<organization>/directories"
ONE = f"{ADDRESS}/<uuid:directory_id>"


@bp.get(ADDRESS)
@access("api:directories:read")
@speaks(Page[DirectoryShape])
def list_directories(organization: str) -> Rows[Directory]:
    """List the directories of an organization."""
    return whole(directories.listed(organization_of(organization)))


@bp.post(ADDRESS)
@access("api:directories:write")
@speaks(DirectoryShape, 201)
def create_directory(organization: str, body: NewDirectory) -> Directory:
    """Make a directory, in shadow: the identity provider is answered, and nothing is applied yet."""
    return directories.create(organization_of(organization), body.idp, by=actor(), name=body.name)


@bp.get(ONE)
@access("api:directories:read")
@speaks(DirectoryShape)
def show_directory(organization: str, directory_id: uuid.UUID) -> Directory:
    """Read a directory."""
    return get(organization, directory_id)


@bp.put(f"{ONE}/mode")
@access("api:directories:write")
@speaks(DirectoryShape)
def set_mode(organization: str, directory_id: uuid.UUID, body: ModeChange) -> Directory:
    """Set the mode. `live` brings the memberships in line with everything received so far."""
    directory = get(organization, directory_id)
    directories.set_mode(directory, body.mode, by=actor())
    return directory


@bp.get(f"{ONE}/users")
@access("api:directories:read")
@speaks(Page[DirectoryUserShape])
def list_directory_users(organization: str, directory_id: uuid.UUID, query: Listing) -> Rows[DirectoryUser]:
    """List the people of a directory, as the identity provider says."""
    directory = get(organization, directory_id)
    ours = (DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id)
    return page(sa.select(DirectoryUser).where(*ours), DirectoryUser.id, query)


@bp.get(f"{ONE}/users/<uuid:person_id>")
@access("api:directories:read")
@speaks(DirectoryUserShape)
def show_directory_user(organization: str, directory_id: uuid.UUID, person_id: uuid.UUID) -> DirectoryUser:
    """Read a person of a directory."""
    return directories.person(get(organization, directory_id), person_id) or abort(404)


@bp.get(f"{ONE}/groups")
@access("api:directories:read")
@speaks(Page[DirectoryGroupShape])
def list_directory_groups(organization: str, directory_id: uuid.UUID, query: Listing) -> Rows[DirectoryGroup]:
    """List the groups of a directory."""
    directory = get(organization, directory_id)
    ours = (DirectoryGroup.organization_id == directory.organization_id, DirectoryGroup.directory_id == directory.id)
    return page(sa.select(DirectoryGroup).where(*ours), DirectoryGroup.id, query)


@bp.get(f"{ONE}/groups/<uuid:group_id>")
@access("api:directories:read")
@speaks(DirectoryGroupShape)
def show_directory_group(organization: str, directory_id: uuid.UUID, group_id: uuid.UUID) -> DirectoryGroup:
    """Read a group of a directory."""
    return directories.group(get(organization, directory_id), group_id) or abort(404)


@bp.get(f"{ONE}/groups/<uuid:group_id>/members")
@access("api:directories:read")
@speaks(Page[DirectoryUserShape])
def list_group_members(
    organization: str, directory_id: uuid.UUID, group_id: uuid.UUID, query: Listing
) -> Rows[DirectoryUser]:
    """List the people of a group."""
    group = directories.group(get(organization, directory_id), group_id) or abort(404)
    return page(directories.people_of(group), DirectoryUser.id, query)


@bp.get(f"{ONE}/tokens")
@access("api:directories:read")
@speaks(Page[TokenShape])
def list_tokens(organization: str, directory_id: uuid.UUID) -> Rows[ScimToken]:
    """List the tokens of a directory, the newest first."""
    return whole(tokens.listed(get(organization, directory_id)))


@bp.post(f"{ONE}/tokens")
@access("api:directories:write")
@speaks(IssuedTokenShape, 201)
def create_token(organization: str, directory_id: uuid.UUID, body: NewToken) -> IssuedTokenShape:
    """Make a token. This answer is the only one that holds it."""
    make = tokens.rotate if body.rotate else tokens.issue
    row, secret = make(get(organization, directory_id), by=actor(), name=body.name, days=body.days)
    return IssuedTokenShape(**TokenShape.model_validate(row).model_dump(), token=secret)


@bp.delete(f"{ONE}/tokens/<uuid:token_id>")
@access("api:directories:write")
@speaks(None)
def revoke_token(organization: str, directory_id: uuid.UUID, token_id: uuid.UUID) -> None:
    """End a token at once."""
    directory = get(organization, directory_id)
    tokens.revoke(tokens.get(directory, token_id) or abort(404), directory, by=actor())


def get(organization: str, directory_id: uuid.UUID) -> Directory:
    found = organization_of(organization).directories.select().where(Directory.id == directory_id)
    return db.session.scalars(found).one_or_none() or abort(404)
