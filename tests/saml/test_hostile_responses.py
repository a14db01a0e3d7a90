"""Nothing hostile comes in: each attack is refused, for its own reason, and fast."""

import time

import pytest
import time_machine

from portal.saml import sp
from portal.saml.refusals import WORDS, ResponseRefused
from tests.saml.hostile import ACS, ENTITY, REQUEST
from tests.saml.hostile_cases import CASES
from tests.saml.idp import NOW, pair

pytestmark = pytest.mark.once


def provider(**changes):
    values = {
        "entity_id": ENTITY,
        "acs_url": ACS,
        "idp_entity_id": "https://idp.example/saml",
        "sso_url": "https://idp.example/sso",
        "certificates": (pair().certificate,),
        "keys": (sp.SpKey(pair("sp").private, pair("sp").certificate),),
    }
    return sp.ServiceProvider(**(values | changes))


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


def test_case_names_are_unique():
    assert len({case.name for case in CASES}) == len(CASES) >= 100
