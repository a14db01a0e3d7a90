"""Test sign-ins at the door: begun by an admin or by a colleague with a link, and their answers read afterwards."""

import uuid

from flask import Response, abort, current_app, make_response, render_template, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.extensions import db
from portal.models import Connection
from portal.organizations import connection_tests, connections, events
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import LinkUsedUp
from portal.saml import asking, browser, providers, testers
from portal.saml.asking import Wish
from portal.saml.views import bp, connection_of
from portal.settings import current
from portal.web.access import access

MINUTES = 60


@bp.post("/test")
@access("saml-test")
def start_test(connection_id: uuid.UUID) -> Response:
    return _start(connection_of(connection_id), testers.email(), testers.actor())


@bp.post("/test/link")
@access("saml-test")
def create_test_link(connection_id: uuid.UUID) -> Response:
    """For a colleague whom the IdP knows; shown in this answer only."""
    connection, by = connection_of(connection_id), testers.actor()
    events.record("connection.test_link_made", connection.organization_id, connection, by=by)
    address = current().public_url + url_for(
        "saml.show_trial", connection_id=connection.id, token=_signer().dumps([str(connection.id), by.label])
    )
    page = render_template("saml/test_link.html", address=address, minutes=MINUTES, connection=connection)
    db.session.commit()
    return _private(make_response(page))


@bp.get("/try/<token>")
@access("public")
def show_trial(connection_id: uuid.UUID, token: str) -> Response:
    """Looking starts nothing: mail scanners open links."""
    connection, asker = connection_of(connection_id), _asker(connection_id, token)
    page = render_template("saml/trial.html", connection=connection, asker=asker, token=token)
    return _private(make_response(page))


@bp.post("/try/<token>")
@access("public")
def start_trial(connection_id: uuid.UUID, token: str) -> Response:
    connection, asker = connection_of(connection_id), _asker(connection_id, token)
    return _start(connection, "", Actor(Door.SAML, str(connection.id), f"a colleague of {asker}" if asker else ""))


@bp.get("/test/<uuid:test_id>/answer")
@access("saml-test")
def show_answer(connection_id: uuid.UUID, test_id: uuid.UUID) -> Response:
    """What the IdP sent, to the letter, for whoever may set it up; kept for a week."""
    test = connection_tests.get(connection_of(connection_id), test_id)
    raw = str(test.report.get("raw") or "") if test else ""
    response = Response(raw or abort(404), mimetype="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="answer-{test_id}.xml"'
    return _private(response)


def _start(connection: Connection, tester: str, by: Actor) -> Response:
    test = connections.begin_test(connection, by=by)
    configuration = providers.proven_by(connection, test.config_hash) or abort(404)
    asked = asking.ask(connection, configuration, Wish(browser.secret(), tester, test))
    db.session.commit()
    return browser.to_idp(asked)


def _asker(connection_id: uuid.UUID, token: str) -> str:
    """Who made the link, if it still works and is for this connection."""
    try:
        known_id, asker = _signer().loads(token, max_age=MINUTES * 60)
    except (BadSignature, ValueError, TypeError):
        raise LinkUsedUp from None
    if known_id != str(connection_id):
        raise LinkUsedUp
    return str(asker)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="test-sign-in")


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
