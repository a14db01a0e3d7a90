"""Nothing hostile comes in: each attack is refused, for its own reason, and fast."""

import json
import subprocess
import sys
import time

import pytest
import time_machine

from portal.saml import sp
from portal.saml.refusals import WORDS, ResponseRefused
from tests.saml.hostile import REQUEST, corpus, provider
from tests.saml.idp import NOW

pytestmark = pytest.mark.once


CASES = corpus()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_response_is_refused_for_its_own_reason(case):
    encoded = case.make()

    with time_machine.travel(NOW, tick=False), pytest.raises(ResponseRefused) as refusal:
        sp.accept(provider(**case.settings), encoded, REQUEST)

    problem = refusal.value.problem
    assert problem.check in case.check.split()
    assert problem.code in case.codes.split()
    assert str(refusal.value) in WORDS.values()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_response_costs_little(case):
    encoded = case.make()
    began = time.process_time()

    with time_machine.travel(NOW, tick=True), pytest.raises(ResponseRefused):
        sp.accept(provider(**case.settings), encoded, REQUEST)

    assert time.process_time() - began < 2


def test_there_are_many_and_each_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 250


def test_the_whole_corpus_takes_little_memory():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.saml.hostile.measure"], capture_output=True, text=True, check=True
    )

    measured = json.loads(done.stdout)
    assert measured["accepted"] == []
    assert measured["seconds"] < 2, measured
    assert measured["megabytes"] < 200, measured
