"""/users: people, whatever organizations they belong to."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask import abort
from pydantic import Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.memberships import MembershipShape
from portal.api.paging import Listing, Page, Rows, page
from portal.api.speaking import Asked, OneLine, Shape, speaks
from portal.models import Membership, User
from portal.models.base import key
from portal.organizations import users
from portal.web.access import access


class UserShape(Shape):
    """`home_organization_id` names the one organization that a person exists for, if there is one."""

    id: uuid.UUID
    email: str
    name: str
    email_verified_at: datetime | None
    home_organization_id: uuid.UUID | None
    created_at: datetime


class NewUser(Asked):
    email: str = Field(max_length=320)
    name: OneLine = Field("", max_length=320)
    email_verified: bool = False


class UserChange(Asked):
    name: OneLine = Field(max_length=320)


class UserListing(Listing):
    email: str = Field("", max_length=320)


@bp.get("/v1/users")
@access("api:users:read")
@speaks(Page[UserShape])
def list_users(query: UserListing) -> Rows[User]:
    """List people, or find those with an e-mail address."""
    found = sa.select(User)
    return page(found.where(User.email_key == key(query.email)) if query.email else found, User.id, query)


@bp.post("/v1/users")
@access("api:users:write")
@speaks(UserShape, 201)
def create_user(body: NewUser) -> User:
    """Create a person. `email_verified` is your word that the address is theirs."""
    return users.create(body.email, by=actor(), name=body.name, verified=body.email_verified)


@bp.get("/v1/users/<uuid:user_id>")
@access("api:users:read")
@speaks(UserShape)
def show_user(user_id: uuid.UUID) -> User:
    """Read a person."""
    return get(user_id)


@bp.patch("/v1/users/<uuid:user_id>")
@access("api:users:write")
@speaks(UserShape)
def update_user(user_id: uuid.UUID, body: UserChange) -> User:
    """Rename a person."""
    user = get(user_id)
    users.rename(user, body.name, by=actor())
    return user


@bp.get("/v1/users/<uuid:user_id>/memberships")
@access("api:members:read")
@speaks(Page[MembershipShape])
def list_memberships_of_user(user_id: uuid.UUID, query: Listing) -> Rows[Membership]:
    """List a person's memberships; removed ones too."""
    return page(sa.select(Membership).where(Membership.user_id == get(user_id).id), Membership.id, query)


def get(user_id: uuid.UUID) -> User:
    return users.get(user_id) or abort(404)
