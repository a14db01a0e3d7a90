"""Test sign-ins at the door: begun by an admin or by a colleague with a link."""

import uuid

from flask import Response, abort

from portal.extensions import db
from portal.models import Connection
from portal.organizations import connections, logins
from portal.organizations.actors import Actor
from portal.relying_party import asking, receiving
from portal.relying_party.asking import Wish
from portal.relying_party.views import bp, connection_of
from portal.web import roundtrip, testers, trials
from portal.web.access import access


@bp.post("/test")
@access("connection-test")
def start_test(connection_id: uuid.UUID) -> Response:
    return _start(connection_of(connection_id), testers.email(), testers.actor())


@bp.post("/test/link")
@access("connection-test")
def create_test_link(connection_id: uuid.UUID) -> Response:
    """For a colleague whom the provider knows."""
    return trials.show_link(connection_of(connection_id), "oidc")


@bp.get("/try/<token>")
@access("public")
def show_trial(connection_id: uuid.UUID, token: str) -> Response:
    return trials.show(connection_of(connection_id), "oidc", token)


@bp.post("/try/<token>")
@access("public")
def start_trial(connection_id: uuid.UUID, token: str) -> Response:
    connection = connection_of(connection_id)
    return _start(connection, "", trials.actor(connection, token, receiving.actor(connection)))


def _start(connection: Connection, tester: str, by: Actor) -> Response:
    test = connections.begin_test(connection, by=by)
    configuration = logins.configuration_of(connection, test.config_hash) or abort(404)
    wish = Wish(roundtrip.secret(), tester, test)
    address = asking.ask(connection, configuration, wish)
    db.session.commit()
    return roundtrip.remember(roundtrip.go(address), wish.browser)
