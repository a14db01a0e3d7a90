"""Our application and real IdPs side by side, over real HTTP."""

import shutil
import threading
import warnings
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pytest
from werkzeug.serving import make_server

from portal.extensions import db
from portal.models import Session
from portal.saml import metadata
from tests import databases
from tests.factories import make_connection, make_organization
from tests.saml import real_idps

PHP = "php8.2-cli php8.2-cgi php8.2-xml php8.2-mbstring php8.2-sqlite3 php8.2-curl simplesamlphp"


@pytest.fixture(scope="session")
def simplesamlphp(tmp_path_factory):
    real_idps.need(PHP, shutil.which("php") and real_idps.SIMPLESAML.is_dir())
    idp = real_idps.SimpleSamlPhp(tmp_path_factory.mktemp("simplesamlphp") / "root")
    try:
        real_idps.until_up(idp.metadata_url)
        yield idp
    finally:
        idp.stop()


@pytest.fixture
def pysaml2(tmp_path):
    real_idps.need("xmlsec1", shutil.which("xmlsec1"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        idp = real_idps.PySaml2(tmp_path)
        yield idp
        idp.stop()


@pytest.fixture
def live(make_app):
    """Our application, answering on a port of its own."""
    port = real_idps.free_port()
    app = make_app(public_url=f"http://localhost:{port}")
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
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


@pytest.fixture
def company(live):
    return make_organization("Acme", domain="acme.example", owner="owner@acme.example")


@pytest.fixture
def browser():
    with httpx.Client(follow_redirects=True, timeout=20) as client:
        yield client


def connect(company, idp_metadata, *, live=True, **changes):
    """As the wizard does: read the IdP's metadata, stage it, switch it on."""
    reading = metadata.read(idp_metadata)
    assert reading.metadata, reading.findings
    configuration = replace(reading.metadata.configuration(), **changes)
    return addresses(make_connection(company, configuration, idp="generic", live=live))


def addresses(connection):
    """Plain values; and the test lets go of the database, which the server needs now."""
    configuration = connection.live or connection.candidate
    names = ("entity_id", "acs_url", "login_url", "metadata_url")
    plain = SimpleNamespace(**{name: getattr(connection, name) for name in names})
    plain.config_hash = configuration.config_hash if configuration else ""
    db.session.rollback()
    return plain


def signed_in():
    db.session.rollback()
    return [row.user.email for row in db.session.scalars(db.select(Session).where(Session.connection_id.is_not(None)))]
