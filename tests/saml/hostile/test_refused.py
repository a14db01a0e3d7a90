"""Nothing hostile comes in: each attack is refused, for its own reason, and fast."""

import base64
import json
import subprocess
import sys
import time

import pytest
import time_machine

from portal.saml import sp
from portal.saml.refusals import WORDS, ResponseRefused
from tests.saml.hostile import REQUEST, corpus, honest, provider
from tests.saml.idp import NOW, NS, pair

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


def refused(reply, **settings):
    with time_machine.travel(NOW, tick=False), pytest.raises(ResponseRefused) as refusal:
        sp.accept(provider(**settings), reply, REQUEST)
    return refusal.value


def changed_cipher(at):
    """The cipher of an honest answer with one octet of it changed, as somebody does who wants to know what is in it."""

    def change(root):
        node = root.findall(f".//{{{NS['xenc']}}}CipherValue")[-1]
        raw = bytearray(base64.b64decode(node.text))
        raw[at] ^= 1
        node.text = base64.b64encode(bytes(raw)).decode()

    return change


def test_who_changes_a_cbc_cipher_learns_nothing_from_the_answer():
    """Whether it opened, was well-formed, or was signed by somebody else: one sentence; support reads which."""
    to_us = {"encrypt_for": pair("sp").certificate, "cipher": "AES128"}
    tried = [honest(**to_us, after=changed_cipher(at)) for at in (-1, -17, 20, 200)]
    tried += [
        honest(**to_us, sign=()),
        honest(**to_us, key=pair("mallory")),
        honest(**to_us, audience="urn:other", sign=()),
    ]

    found = [refused(one.encoded(), allow_cbc=True) for one in tried]

    assert {str(one) for one in found} == {WORDS["encryption"]}
    assert len({one.problem.check for one in found}) > 1
