"""Who may test a connection: those with `manage_sso` in its organization, and whoever holds a setup link for it."""

import uuid
from typing import Protocol

from flask import abort, g, request
from werkzeug.wrappers import Response

from portal.models import Organization, Permission
from portal.organizations import connections
from portal.organizations.actors import Actor, Door
from portal.web import access, session, tenant


class Holder(Protocol):
    """What the set-up door knows of its visitor."""

    @property
    def actor(self) -> Actor: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...


@access.guard("connection-test")
def may_test() -> Response | None:
    """Unknown and foreign connections answer alike: 404."""
    connection = connections.get(uuid.UUID(str((request.view_args or {})["connection_id"])))
    if connection is None:
        abort(404)
    if session.signed_in():
        membership = tenant.find_membership(connection.organization.slug)
        if membership and membership.may(Permission.MANAGE_SSO):
            g.tester = tenant.actor(Door.SETUP)
            g.tester_email = session.person().email
            return None
    return _by_setup_link(connection.organization_id)


def actor() -> Actor:
    found: Actor = g.tester
    return found


def email() -> str:
    """Who is at the keyboard, where we know it: the report compares."""
    found: str = g.get("tester_email", "")
    return found


def _by_setup_link(organization_id: uuid.UUID) -> Response | None:
    """The set-up door knows whose link this browser opened."""
    guard = access.GUARDS.get("setup")
    if guard is None:
        abort(404)
    if (answer := guard()) is not None:
        return answer
    organization: Organization | None = g.get("organization")
    holder: Holder = g.visitor
    if organization is None or organization.id != organization_id or "sso" not in holder.scopes:
        abort(404)
    g.tester = holder.actor
    return None
