"""A web process that is killed in the middle of what an IdP sends leaves each operation whole or undone."""

import signal
import threading
import time

import psutil
import pytest
import requests
import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryUser, Event, Membership, User
from portal.organizations import tokens
from portal.organizations.actors import OPERATOR
from tests import databases
from tests.cli.serving import serve
from tests.factories import make_directory, make_organization

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
PEOPLE = 500


@pytest.fixture
def directory(app):
    return make_directory(make_organization("Acme", domain="acme.example"))


@pytest.fixture
def start(tmp_path, migrated, app):
    """A web process on the database of this test; any number after each other."""
    url = migrated if databases.POSTGRESQL else app.config["SETTINGS"].database
    started = []

    def start():
        address, process = serve(url, tmp_path, PUBLIC_URL="http://localhost", SCIM_RATE="0")
        started.append(process)
        return address, process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def idp(directory):
    """idp(address, path, document): one request of its IdP."""
    _, secret = tokens.issue(directory, by=OPERATOR)
    base = f"/scim/v2/{directory.id}"
    db.session.commit()

    def send(address, path, document):
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/scim+json"}
        return requests.post(f"{address}{base}{path}", json=document, headers=headers, timeout=60)

    return send


def person(number):
    name = f"person{number}@acme.example"
    return {"schemas": [USER], "userName": name, "active": True, "emails": [{"value": name, "primary": True}]}


def everybody():
    """Names by what is kept of them: what the IdP said, the memberships, and the events."""
    told = db.session.scalars(sa.select(DirectoryUser.user_name).order_by(DirectoryUser.user_name)).all()
    joined = sa.select(User.email).join(Membership, Membership.user_id == User.id)
    in_force = db.session.scalars(joined.where(User.email.like("person%")).order_by(User.email)).all()
    noted = db.session.scalar(sa.select(sa.func.count()).where(Event.name == "member.added", Event.door == "scim"))
    db.session.rollback()
    return told, in_force, noted


def worked(process):
    """Seconds of processor time so far."""
    return psutil.Process(process.pid).cpu_times().user


def in_background(work, *given):
    thread = threading.Thread(target=work, args=given, daemon=True)
    thread.start()
    return thread


def test_a_bulk_that_is_killed_never_happened_and_can_be_sent_again(start, idp):
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": str(number), "data": person(number)} for number in range(PEOPLE)
    ]
    message = {"schemas": [BULK], "Operations": operations}
    address, process = start()
    answers = []

    def send():
        try:
            answers.append(idp(address, "/Bulk", message).status_code)
        except requests.RequestException:
            answers.append("broken off")

    before = worked(process)
    sending = in_background(send)
    while worked(process) < before + 0.4:  # it is in the middle: five hundred creations take longer than that anywhere
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    sending.join(60)

    assert answers == ["broken off"]
    assert everybody() == ([], [], 0)

    address, _ = start()
    answer = idp(address, "/Bulk", message)

    assert {one["status"] for one in answer.json()["Operations"]} == {"201"}
    told, in_force, noted = everybody()
    assert told == in_force
    assert len(told) == noted == PEOPLE


def test_what_was_answered_is_kept_and_what_was_not_is_whole_or_undone(start, idp):
    address, process = start()
    answered = []

    def send(numbers):
        for number in numbers:
            try:
                if idp(address, "/Users", person(number)).status_code == 201:
                    answered.append(person(number)["userName"])
            except requests.RequestException:
                return

    senders = [in_background(send, range(first, PEOPLE, 3)) for first in range(3)]
    while len(answered) < 40:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    for sender in senders:
        sender.join(60)

    told, in_force, noted = everybody()
    assert set(answered) <= set(told)
    assert len(told) < PEOPLE
    assert told == in_force
    assert noted == len(told)
