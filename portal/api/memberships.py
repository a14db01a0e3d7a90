"""/organizations/…/memberships: who belongs to an organization, with which role, and whether their access is on."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask import abort
from pydantic import Field, field_validator

from portal.api import bp
from portal.api.entry import actor
from portal.api.organizations import get as organization_of
from portal.api.organizations import role
from portal.api.paging import Listing, Page, Rows, page
from portal.api.problems import invalid
from portal.api.speaking import Asked, OneLine, Shape, speaks
from portal.models import Membership, Role, Source, Status, User
from portal.models.base import key
from portal.organizations import explaining, members, users
from portal.web.access import access


class MembershipShape(Shape):
    id: uuid.UUID
    organization_id: uuid.UUID
    user_id: uuid.UUID
    email: str
    name: str
    status: Status
    source: Source
    roles: list[str]
    suspended_by_directory: bool
    joined_at: datetime
    changed_at: datetime
    ended_at: datetime | None

    @field_validator("roles", mode="before")
    @classmethod
    def _keys(cls, held: list[Role]) -> list[str]:
        return [one.key for one in held]


class NewMembership(Asked):
    """A person there already, by `user_id` or by `email`; with an address nobody has, a person is made."""

    user_id: uuid.UUID | None = None
    email: str = Field("", max_length=320)
    name: OneLine = Field("", max_length=320)
    role: str = Field("member", max_length=64)


class MembershipChange(Asked):
    """`role` for one, `roles` for several; either is the whole of what the member then has."""

    role: str | None = Field(None, max_length=64)
    roles: list[str] | None = Field(None, min_length=1, max_length=20)


class ExplanationShape(Shape):
    """`source`: `rule` of a directory's group, the `default`, or given by `hand`. `otherwise` is the role if the member left the
    group; `words` says it all in a sentence."""

    roles: list[str]
    source: str
    group: str | None
    position: int
    of: int
    otherwise: str | None
    words: str


class MembershipListing(Listing):
    """Without `status`, everybody who was not removed."""

    status: Status | None = None
    email: str = Field("", max_length=320)
    user_id: uuid.UUID | None = None


ADDRESS = "/v1/organizations/<organization>/memberships"


@bp.get(ADDRESS)
@access("api:members:read")
@speaks(Page[MembershipShape])
def list_memberships(organization: str, query: MembershipListing) -> Rows[Membership]:
    """List the memberships of an organization, in the order they began."""
    found = organization_of(organization).memberships.select()
    found = found.where(Membership.status == query.status if query.status else Membership.status != Status.REMOVED)
    if query.email:
        mine = sa.select(User.id).where(User.email_key == key(query.email))
        found = found.where(Membership.user_id.in_(mine))
    if query.user_id:
        found = found.where(Membership.user_id == query.user_id)
    return page(found, Membership.id, query)


@bp.post(ADDRESS)
@access("api:members:write")
@speaks(MembershipShape, 201)
def create_membership(organization: str, body: NewMembership) -> Membership:
    """Make somebody a member."""
    ours = organization_of(organization)
    return members.add(ours, _person(body), by=actor(), role=role(body.role), name=body.name)


@bp.get(f"{ADDRESS}/<uuid:membership_id>")
@access("api:members:read")
@speaks(MembershipShape)
def show_membership(organization: str, membership_id: uuid.UUID) -> Membership:
    """Read a membership; a removed one too."""
    return _get(organization, membership_id)


@bp.patch(f"{ADDRESS}/<uuid:membership_id>")
@access("api:members:write")
@speaks(MembershipShape)
def update_membership(organization: str, membership_id: uuid.UUID, body: MembershipChange) -> Membership:
    """Change the role, or the roles."""
    membership = _get(organization, membership_id)
    if (body.role is None) == (body.roles is None):
        raise invalid("/roles", "give role or roles, one of them")
    wanted = [role(key, "/roles") for key in dict.fromkeys(body.roles)] if body.roles else [role(body.role or "")]
    members.give_roles(membership, wanted, by=actor())
    return membership


@bp.get(f"{ADDRESS}/<uuid:membership_id>/explanation")
@access("api:members:read")
@speaks(ExplanationShape)
def explain_membership(organization: str, membership_id: uuid.UUID) -> ExplanationShape:
    """Say why a member has the role they have, and what it would be otherwise."""
    said = explaining.explain(_get(organization, membership_id))
    return ExplanationShape(
        roles=[one.key for one in said.roles], source=said.source, group=said.group.display_name if said.group else None,
        position=said.position, of=said.of, otherwise=said.otherwise.key if said.otherwise else None, words=said.words,
    )  # fmt: skip


@bp.delete(f"{ADDRESS}/<uuid:membership_id>")
@access("api:members:write")
@speaks(None)
def delete_membership(organization: str, membership_id: uuid.UUID) -> None:
    """Remove a member. Their access ends at once."""
    members.remove(_get(organization, membership_id), by=actor())


@bp.put(f"{ADDRESS}/<uuid:membership_id>/suspension")
@access("api:members:write")
@speaks(MembershipShape)
def suspend_membership(organization: str, membership_id: uuid.UUID) -> Membership:
    """Suspend a member. Their access ends at once, and nothing is lost."""
    membership = _get(organization, membership_id)
    members.suspend(membership, by=actor())
    return membership


@bp.delete(f"{ADDRESS}/<uuid:membership_id>/suspension")
@access("api:members:write")
@speaks(MembershipShape)
def restore_membership(organization: str, membership_id: uuid.UUID) -> Membership:
    """Make a suspended or removed member active again, unless a directory suspended them."""
    membership = _get(organization, membership_id)
    members.restore(membership, by=actor())
    return membership


def _get(organization: str, membership_id: uuid.UUID) -> Membership:
    return members.get(organization_of(organization), membership_id) or abort(404)


def _person(body: NewMembership) -> User:
    if (body.user_id is None) == (not body.email):
        raise invalid("/user_id", "give user_id or email, one of them")
    if body.user_id:
        user = users.get(body.user_id)
        if user is None:
            raise invalid("/user_id", "there is no such user")
        return user
    return users.find(body.email) or users.create(body.email, by=actor(), name=body.name)
