"""Many at once: cold processes judge rightly from the first answer on, and one assertion opens one session."""

import json
import subprocess
import sys
import threading

import pytest

from portal.extensions import db
from portal.models import IdpInitiated, SamlAssertion
from portal.models.base import now
from tests.saml.conftest import place, reply
from tests.saml.hostile import honest
from tests.saml.idp import pair

PROCESSES = 4


@pytest.mark.timeout(300)
def test_cold_processes_judge_rightly_from_the_first_answer_on():
    at = now()
    given = "\f".join([pair().certificate, honest(at=at).encoded(), honest(at=at, key=pair("mallory")).encoded()])
    command = [sys.executable, "-m", "tests.saml.cold_start"]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]

    answers = [process.communicate(given, timeout=200)[0].strip() for process in started]

    assert answers == ["0"] * PROCESSES


@pytest.mark.parametrize("browsers", [12])
def test_one_answer_posted_at_once_counts_once(app, connection, browsers):
    connection.idp_initiated = IdpInitiated.ON
    db.session.commit()
    address, data = place(connection, "acs"), {"SAMLResponse": reply(connection, None).encoded()}
    db.session.remove()
    together, answers = threading.Barrier(browsers), []

    def post():
        together.wait()
        answers.append(app.test_client().post(address, data=data).status_code)

    threads = [threading.Thread(target=post) for _ in range(browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [303] + [400] * (browsers - 1)
    assert db.session.query(SamlAssertion).count() == 1


@pytest.mark.timeout(300)
def test_of_several_processes_one_takes_an_answer_and_a_later_one_none(app, connection):
    connection.idp_initiated = IdpInitiated.ON
    db.session.commit()
    given = {"address": place(connection, "acs"), "answer": reply(connection, None).encoded()}
    given["database"] = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()

    at_once, later = posted_by(3, given), posted_by(1, given)

    assert (sorted(at_once), later) == ([303, 400, 400], [400])
    assert db.session.query(SamlAssertion).count() == 1


def posted_by(count, given):
    """The answers of so many web processes that post together."""
    command = [sys.executable, "-m", "tests.saml.replaying"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(count)]
    said = [_tell(process, json.dumps(given)).stdout.readline().strip() for process in processes]
    assert said == ["ready"] * count
    return [int(process.communicate(timeout=200)[0]) for process in [_tell(process, "go") for process in processes]]


def _tell(process, line):
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process
