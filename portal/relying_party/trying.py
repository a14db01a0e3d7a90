"""Test sign-ins at the door: begun by an admin or by a colleague with a link."""

from flask import Response, abort

from portal.extensions import db
from portal.models import Connection
from portal.organizations import connections, logins
from portal.organizations.actors import Actor
from portal.relying_party import asking, receiving
from portal.relying_party.asking import Wish
from portal.relying_party.views import bp, connection_of
from portal.web import roundtrip, trials


def _start(connection: Connection, tester: str, by: Actor) -> Response:
    test = connections.begin_test(connection, by=by)
    configuration = logins.configuration_of(connection, test.config_hash) or abort(404)
    wish = Wish(roundtrip.secret(), tester, test)
    address = asking.ask(connection, configuration, wish)
    db.session.commit()
    return roundtrip.remember(roundtrip.go(address), wish.browser)


trials.open_at(bp, trials.Door("oidc", connection_of, receiving.actor, _start))
