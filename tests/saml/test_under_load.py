"""Many at once: cold processes judge rightly from the first answer on, and one assertion opens one session."""

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


def test_cold_processes_judge_rightly_from_the_first_answer_on():
    at = now()
    given = "\f".join([pair().certificate, honest(at=at).encoded(), honest(at=at, key=pair("mallory")).encoded()])
    command = [sys.executable, "-m", "tests.saml.cold_start"]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]

    answers = [process.communicate(given, timeout=60)[0].strip() for process in started]

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
