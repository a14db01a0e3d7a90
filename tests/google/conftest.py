"""A company whose directory is a Google Workspace: ours, over real HTTP."""

import threading
from dataclasses import replace

import pytest

from portal.extensions import db
from portal.google import pulling
from portal.google.accounts import Account, read_key
from portal.models import DirectoryKind, Mode, PullWay
from portal.organizations import directories, pulls
from portal.organizations.actors import OPERATOR
from tests.fakes.google import Google


class Unhurried(threading.Event):
    """Waits are noted, and over at once."""

    def __init__(self):
        super().__init__()
        self.waited = []

    def wait(self, timeout=None):
        self.waited.append(timeout)
        return self.is_set()


@pytest.fixture
def google(app):
    there = Google()
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(
        update={"google_address": there.url, "google_client_id": "operator", "google_client_secret": "shh"}
    )
    there.employ("ada")
    yield there
    app.config["SETTINGS"] = settings
    there.close()


@pytest.fixture
def account(google):
    kept, public = read_key(google.key())
    return Account(PullWay.KEY, kept, public["client_id"], "ada@acme.example")


@pytest.fixture
def directory(acme, google, account):
    """Connected and live; nobody was asked for yet. Google answers in small pages."""
    google.page = 2
    row = directories.create(acme, "google", by=OPERATOR, kind=DirectoryKind.GOOGLE, name="Google Workspace")
    pull = pulls.keep_secret(
        row,
        account.way,
        account.secret,
        by=OPERATOR,
        account="reader",
        client_id=account.client_id,
        admin=account.admin,
    )
    pulls.prove(pull, by=OPERATOR)
    pulls.choose(pull, everybody=True, groups=[], by=OPERATOR)
    directories.set_mode(row, Mode.LIVE, by=OPERATOR)
    db.session.commit()
    return row


@pytest.fixture
def run(directory):
    """run(): a pull, now, by a worker; how often it had to wait."""

    def run(**choice):
        pull = pulls.of(directory)
        if choice:
            pulls.choose(pull, **{"everybody": True, "groups": []} | choice, by=OPERATOR)
        pulls.ask_now(pull, by=OPERATOR)
        db.session.commit()
        stopped = Unhurried()
        assert pulling.pull_due(stopped)
        db.session.expire_all()
        return stopped.waited

    return run


def changed(account, **values):
    return replace(account, **values)
