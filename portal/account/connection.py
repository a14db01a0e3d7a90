"""One connection: what it is, whether its test passed, switching it on and back. Its other pages are the files beside."""

import uuid

from flask import Response as Page
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.connection_pages import ADDRESS, Place, attempt, find, held, page
from portal.models import Connection, ConnectionConfiguration, SamlConfiguration
from portal.organizations import aliases, connection_tests, connections
from portal.relying_party.differences import between as between_protocols
from portal.saml import differences, showing
from portal.web.access import access
from portal.web.differences import Difference
from portal.web.tenant import actor, organization
from portal.words import _


@bp.get(ADDRESS)
@access("org:manage_sso")
def show_connection(slug: str, connection_id: uuid.UUID) -> Response:
    return _overview(find(connection_id))


@bp.post(f"{ADDRESS}/live")
@access("org:manage_sso")
def switch_connection_on(slug: str, connection_id: uuid.UUID) -> Response:
    found = find(connection_id)
    return attempt(HERE, found, lambda: connections.go_live(found, by=actor()), _("The new configuration is live."))


@bp.post(f"{ADDRESS}/suspension")
@access("org:manage_sso")
def switch_connection_off(slug: str, connection_id: uuid.UUID) -> Response:
    found = find(connection_id)
    said = _("Nobody signs in through %(found)s any more. Nothing is lost.", found=found.name)
    return attempt(HERE, found, lambda: connections.disable(found, by=actor()), said)


@bp.post(f"{ADDRESS}/return")
@access("org:manage_sso")
def undo_connection(slug: str, connection_id: uuid.UUID) -> Response:
    found = find(connection_id)
    return attempt(
        HERE, found, lambda: connections.undo(found, by=actor()), _("The former configuration is live again.")
    )


@bp.post(f"{ADDRESS}/our-names")
@access("org:manage_sso")
def use_our_names(slug: str, connection_id: uuid.UUID) -> Response:
    """The identity provider has been given them, and what it knew of another product ends."""
    found = find(connection_id)
    said = _("Only our own entity ID and addresses count now. Test a sign-in.")
    return attempt(HERE, found, lambda: aliases.forget_names(found, by=actor()), said)


def _overview(connection: Connection, *, status: int = 200, problem: str = "") -> Page:
    tests = connection_tests.listed(connection)
    last = next((test for test in tests if test.finished_at), None)
    candidate, live = connection.candidate, connection.live
    return page(
        "connection", connection, title=connection.name, status=status, problem=problem,
        allowed=connections.allowed(organization()),
        proven=bool(candidate and connections.has_passed(connection, candidate.config_hash)),
        test=last, history=[test for test in tests if test is not last], shown=showing.shown(connection, last),
        changes=_changes(live, candidate) if live and candidate else [],
        may_undo=bool(live and any(row.live_at and row is not live for row in connection.configurations)),
        former=aliases.names_of(connection),
        ends=max((key.not_after for key in held(live or candidate)), default=None),
    )  # fmt: skip


def _changes(live: ConnectionConfiguration, candidate: ConnectionConfiguration) -> list[Difference]:
    before, after = live.configuration, candidate.configuration
    if isinstance(before, SamlConfiguration) and isinstance(after, SamlConfiguration):
        return differences.between(before, after)
    return between_protocols(before, after)


HERE = Place("account.show_connection", _overview)
