"""/roles and /permissions: what the application's developer defines, for every organization."""

import uuid

from flask import abort
from pydantic import Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.paging import Page, Rows, whole
from portal.api.speaking import Asked, OneLine, Shape, speaks
from portal.models import ApplicationPermission, Role
from portal.organizations import roles
from portal.organizations.roles import Definition
from portal.web.access import access


class RoleShape(Shape):
    """`plans`: the plans whose organizations may give it; none: all. An `internal` role is for your own staff."""

    key: str
    name: str
    rank: int
    permissions: list[str]
    description: str
    plans: list[str]
    internal: bool
    is_default: bool
    built_in: bool


class RoleDefinition(Asked):
    """The whole of it: what is left out is as if it had never been said. Whoever gives a role has one of at least its rank."""

    name: OneLine = Field("", max_length=320)
    rank: int = Field(20, ge=0, le=99)
    permissions: list[str] = Field([], max_length=200)
    description: str = Field("", max_length=2000)
    plans: list[str] = Field([], max_length=50)
    internal: bool = False
    is_default: bool = False


class PermissionShape(Shape):
    id: uuid.UUID
    key: str
    description: str


class PermissionDefinition(Asked):
    description: str = Field("", max_length=2000)


@bp.get("/v1/roles")
@access("api:roles:read")
@speaks(Page[RoleShape])
def list_roles() -> Rows[Role]:
    """List the roles a member can have, the highest first."""
    return whole(roles.every())


@bp.get("/v1/roles/<key>")
@access("api:roles:read")
@speaks(RoleShape)
def show_role(key: str) -> Role:
    """Read a role."""
    return _role(key)


@bp.put("/v1/roles/<key>")
@access("api:roles:write")
@speaks(RoleShape)
def define_role(key: str, body: RoleDefinition) -> Role:
    """Define a role, or define it anew. A built-in one keeps its name, its rank and its own permissions."""
    return roles.define(key, Definition(**body.model_dump()), by=actor())


@bp.delete("/v1/roles/<key>")
@access("api:roles:write")
@speaks(None)
def delete_role(key: str) -> None:
    """Remove a role that nobody has."""
    roles.remove(_role(key), by=actor())


@bp.get("/v1/permissions")
@access("api:roles:read")
@speaks(Page[PermissionShape])
def list_permissions() -> Rows[ApplicationPermission]:
    """List the permissions you have defined."""
    return whole(roles.permissions())


@bp.put("/v1/permissions/<key>")
@access("api:roles:write")
@speaks(PermissionShape)
def define_permission(key: str, body: PermissionDefinition) -> ApplicationPermission:
    """Define a permission, or describe it anew."""
    return roles.define_permission(key, body.description, by=actor())


@bp.delete("/v1/permissions/<key>")
@access("api:roles:write")
@speaks(None)
def delete_permission(key: str) -> None:
    """Remove a permission, from every role too."""
    row = next((one for one in roles.permissions() if one.key == key), None)
    roles.remove_permission(row or abort(404), by=actor())


def _role(key: str) -> Role:
    return (roles.find(key) if key.isprintable() else None) or abort(404)
