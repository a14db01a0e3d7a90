"""A test sign-in by a colleague: a link that starts nothing by being looked at, and is worth one connection for an hour."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, make_response, render_template
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.extensions import db
from portal.models import Connection
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.refusals import LinkUsedUp
from portal.settings import current
from portal.web import sso, testers
from portal.web.access import access

MINUTES = 60


@dataclass(frozen=True)
class Door:
    """What differs between the doors; `start` asks the provider, for a tester's address and in somebody's name."""

    protocol: str
    connection_of: Callable[[uuid.UUID], Connection]
    actor: Callable[[Connection], Actor]
    start: Callable[[Connection, str, Actor], Response]


def open_at(bp: Blueprint, door: Door) -> None:
    """The addresses of a test sign-in, begun by an admin or by a colleague with a link."""

    @bp.post("/test")
    @access("connection-test")
    def start_test(connection_id: uuid.UUID) -> Response:
        return door.start(door.connection_of(connection_id), testers.email(), testers.actor())

    @bp.post("/test/link")
    @access("connection-test")
    def create_test_link(connection_id: uuid.UUID) -> Response:
        """For a colleague whom the provider knows."""
        return _show_link(door.connection_of(connection_id), door.protocol)

    @bp.get("/try/<token>")
    @access("public")
    def show_trial(connection_id: uuid.UUID, token: str) -> Response:
        return _show(door.connection_of(connection_id), door.protocol, token)

    @bp.post("/try/<token>")
    @access("public")
    def start_trial(connection_id: uuid.UUID, token: str) -> Response:
        connection = door.connection_of(connection_id)
        return door.start(connection, "", _actor(connection, token, door.actor(connection)))


def _show_link(connection: Connection, protocol: str) -> Response:
    """Shown in this answer only."""
    by = testers.actor()
    events.record("connection.test_link_made", connection.organization_id, connection, by=by)
    token = _signer().dumps([str(connection.id), by.label])
    address = current().public_url + sso.address(connection, "show_trial", protocol, token=token)
    page = render_template("sso/test_link.html", address=address, minutes=MINUTES, connection=connection)
    db.session.commit()
    return private(make_response(page))


def _show(connection: Connection, protocol: str, token: str) -> Response:
    """Looking starts nothing: mail scanners open links."""
    action = sso.address(connection, "start_trial", protocol, token=token)
    asker = _asker(connection.id, token)
    return private(make_response(render_template("sso/trial.html", connection=connection, asker=asker, action=action)))


def _actor(connection: Connection, token: str, by: Actor) -> Actor:
    """Whom the test is said to be by, if the link still works and is for this connection."""
    asker = _asker(connection.id, token)
    return Actor(by.door, by.id, f"a colleague of {asker}" if asker else "")


def private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _asker(connection_id: uuid.UUID, token: str) -> str:
    try:
        known_id, asker = _signer().loads(token, max_age=MINUTES * 60)
    except (BadSignature, ValueError, TypeError):
        raise LinkUsedUp from None
    if known_id != str(connection_id):
        raise LinkUsedUp
    return str(asker)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="test-sign-in")
