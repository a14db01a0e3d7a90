"""Test sign-ins at the door: begun by an admin or by a colleague with a link, and their answers read afterwards."""

import uuid

from flask import Response, abort

from portal.extensions import db
from portal.models import Connection
from portal.organizations import connection_tests, connections, logins
from portal.organizations.actors import Actor
from portal.saml import asking, browser, receiving
from portal.saml.asking import Wish
from portal.saml.views import bp, connection_of
from portal.web import roundtrip, trials
from portal.web.access import access


@bp.get("/test/<uuid:test_id>/answer")
@access("connection-test")
def show_answer(connection_id: uuid.UUID, test_id: uuid.UUID) -> Response:
    """What the IdP sent, to the letter, for whoever may set it up; kept for a week."""
    test = connection_tests.get(connection_of(connection_id), test_id)
    raw = str(test.report.get("raw") or "") if test else ""
    response = Response(raw or abort(404), mimetype="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="answer-{test_id}.xml"'
    return trials.private(response)


def _start(connection: Connection, tester: str, by: Actor) -> Response:
    test = connections.begin_test(connection, by=by)
    configuration = logins.require_protocol(logins.configuration_of(connection, test.config_hash) or abort(404), "saml")
    asked = asking.ask(connection, configuration, Wish(roundtrip.secret(), tester, test))
    db.session.commit()
    return browser.to_idp(asked)


trials.open_at(bp, trials.Door("saml", connection_of, receiving.actor, _start))
