"""Workers that are killed in the middle of a thousand deliveries lose nothing and keep every organization's order."""

import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Delivery, DeliveryLane, DeliveryStatus
from portal.organizations import events, webhooks
from portal.organizations.actors import OPERATOR
from tests import databases
from tests.conftest import FERNET
from tests.factories import make_organization
from tests.receivers import make_receiver  # noqa: F401

COMPANIES, EVENTS = 5, 100


@pytest.fixture
def start_worker(tmp_path, migrated, app):
    """`flask worker`, as an operator runs it; any number beside each other."""
    url = migrated if databases.POSTGRESQL else app.config["SETTINGS"].database
    env = os.environ | {
        "DATABASE_URL": url, "SECRET_KEY": "test " * 8, "ENCRYPTION_KEYS": FERNET, "INSTANCE_PATH": str(tmp_path),
        "LOG_LEVEL": "ERROR", "FETCH_ALLOWED_HOSTS": "127.0.0.1",
    }  # fmt: skip
    started = []

    def start():
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        started.append(subprocess.Popen(command, env=env))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def test_a_killed_worker_loses_nothing(app, start_worker, make_receiver):  # noqa: F811
    receivers = [make_receiver(), make_receiver()]
    for receiver in receivers:
        _, secret = webhooks.create(receiver.url, by=OPERATOR, event_names=["test.*"])
        receiver.secrets.append(secret)
    companies = [make_organization(f"Company {number}") for number in range(COMPANIES)]
    for number in range(EVENTS):
        for company in companies:
            events.record("test.said", company, company, by=OPERATOR, number=number)
    companies = [str(company.id) for company in companies]  # so that nothing is read, and locked, while workers write
    db.session.commit()

    first = start_worker()
    receivers[0].wait_for(COMPANIES * EVENTS // 4)
    first.send_signal(signal.SIGKILL)
    first.wait()
    db.session.execute(sa.update(DeliveryLane).values(leased_until=None))  # the lease passes
    db.session.commit()
    others = [start_worker() for _ in range(2 if databases.POSTGRESQL else 1)]
    for receiver in receivers:
        _wait_for_all(receiver, companies)
    for worker in others:
        worker.terminate()

    assert not any(worker.wait(30) for worker in others)
    assert not [wrong for receiver in receivers for wrong in receiver.wrong]
    for receiver in receivers:
        repeated = len(receiver.heard) - COMPANIES * EVENTS
        assert repeated <= COMPANIES  # what was under way in each lane when the worker was killed
    assert not db.session.scalars(sa.select(Delivery).where(Delivery.status != DeliveryStatus.DELIVERED)).all()


def _wait_for_all(receiver, companies):
    """Every event of every company, in its order."""
    receiver.wait_for(COMPANIES * EVENTS)
    while True:
        heard = len(receiver.heard)  # before looking: the last one may come in between
        if sum(len(_once(receiver, company)) for company in companies) >= COMPANIES * EVENTS:
            break
        receiver.wait_for(heard + 1)
    for company in companies:
        assert _once(receiver, company) == list(range(EVENTS))


def _once(receiver, company):
    """Numbers in the order they were first heard."""
    said = (event["data"]["number"] for event in list(receiver.heard) if event["organization_id"] == company)
    return list(dict.fromkeys(said))
