"""What the tests of the practice IdP share."""

import socket
import threading

import pytest
from werkzeug.serving import make_server

from portal.extensions import db
from tests import databases
from tests.practice.fixtures import practice_entra, practice_okta
from tests.practice.recorder import Recorder

__all__ = ["practice_entra", "practice_okta"]


@pytest.fixture
def recorder():
    server = Recorder()
    yield server
    server.stop()


@pytest.fixture
def live(make_app):
    """The application, answering on a port of its own, so that the practice IdP reaches its SCIM door."""
    port = _free_port()
    app = make_app(public_url=f"http://localhost:{port}")
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with app.app_context():
        yield app
        db.session.rollback()
        if databases.POSTGRESQL:  # one database serves the whole run there
            databases.empty()
        db.session.remove()
    server.shutdown()
    server.server_close()
    thread.join()


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
