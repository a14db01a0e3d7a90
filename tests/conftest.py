"""Fixtures every folder shares: an application on a fresh database, a client, two companies."""

import contextlib
import os
import warnings

import pytest
import time_machine
from cryptography.fernet import Fernet
from flask_migrate import upgrade

from portal.app import create_app
from portal.extensions import db
from portal.models import Method
from portal.models.base import now
from portal.organizations import sessions
from portal.organizations.actors import OPERATOR
from portal.settings import Settings
from portal.web import session as browser
from tests import databases
from tests.clients import CheckedClient
from tests.factories import make_organization

FERNET = Fernet.generate_key().decode()
PUBLIC_URL = "http://localhost:8080"


def settings_for(folder, database_url, **changes):
    usual = {
        "environment": "test",
        "secret_key": "test " * 8,
        "encryption_keys": (FERNET,),
        "database_url": database_url,
        "instance_path": folder,
        "public_url": PUBLIC_URL,
        "log_level": "ERROR",
        "practice": True,
        "scim_rate": 0,
        "api_rate": 0,
        "sign_in_rate": 0,
        "saml_rate": 0,
        "saml_key_bits": 2048,
        "google_client_id": "operator",
        "google_client_secret": "shh",
        "google_address": "http://127.0.0.1:9",  # nobody listens there: no test reaches Google
    }
    return Settings(**usual | changes)


@pytest.fixture(scope="session")
def worker_id(request):
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory, worker_id):
    """SQLite: the path of a migrated template. PostgreSQL: the address of this worker's migrated database."""
    folder = tmp_path_factory.mktemp("template")
    maker = databases.make_postgresql(worker_id) if databases.POSTGRESQL else None
    url = next(maker) if maker else f"sqlite:///{folder / 'template.db'}"
    app = create_app(settings_for(folder, url))
    with app.app_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        upgrade()
        db.session.remove()
        db.engine.dispose()
    yield url
    if maker:
        next(maker, None)


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory, migrated):
    """One application serves the whole run, on a database that is as new at each test."""
    folder = tmp_path_factory.mktemp("instance")
    return create_app(settings_for(folder, migrated if databases.POSTGRESQL else f"sqlite:///{folder / 'shared.db'}"))


@pytest.fixture
def make_app(tmp_path, migrated, shared_app):
    """Build an application with other settings than usual; on a fresh database each time, or on one emptied afterwards."""
    made = []

    def make(**changes):
        if databases.POSTGRESQL:
            url = migrated
        else:
            url = databases.make_sqlite(migrated.removeprefix("sqlite:///"), tmp_path / f"{len(made)}.db")
        app = create_app(settings_for(tmp_path, changes.pop("database_url", url), **changes))
        app.test_client_class = CheckedClient
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            if databases.POSTGRESQL:
                databases.empty()
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(shared_app, migrated):
    """The application, with its context pushed: verbs and models can be used at once."""
    shared_app.test_client_class = CheckedClient
    if not databases.POSTGRESQL:
        databases.renew_sqlite(migrated, shared_app.config["SETTINGS"].database)
    with shared_app.app_context():
        yield shared_app
        db.session.rollback()
        if databases.POSTGRESQL:
            databases.empty()
        db.session.remove()
        if not databases.POSTGRESQL:
            db.engine.dispose()


@pytest.fixture
def later():
    """later(timedelta): the rest of the test happens so much later."""
    with contextlib.ExitStack() as stack:
        yield lambda passed: stack.enter_context(time_machine.travel(now() + passed))


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def acme(app):
    return make_organization("Acme", domain="acme.example", owner="ada@acme.example")


@pytest.fixture
def globex(app):
    return make_organization("Globex", domain="globex.example", owner="hank@globex.example")


@pytest.fixture
def sign_in(app):
    """sign_in(client, user): a session as the login page opens it."""

    def sign_in(client, user):
        with app.test_request_context():
            row, secret = sessions.open_locally(user, Method.PASSWORD, by=OPERATOR)
            db.session.commit()
            browser.begin(row, secret)
            from flask import session

            values = dict(session)
            row_id = row.id
        with client.session_transaction() as cookie:
            cookie.update(values)
        return row_id

    return sign_in
