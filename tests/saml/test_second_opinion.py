"""The second verification stands alone: whatever the first one would have let through, it hands back signed words only."""

import ast
import base64
from pathlib import Path

import pytest
import time_machine
from lxml import etree

from portal.saml import preflight, second_opinion, sp
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import ASSERTION
from tests.saml.hostile import EVIL, NAME, REQUEST, corpus, find, honest, provider, text
from tests.saml.hostile.test_accepted import VARIANTS
from tests.saml.idp import NOW, pair

pytestmark = pytest.mark.once

TRUSTED = (pair("next").certificate, pair().certificate, pair("ec", kind="ec").certificate)


def opened(encoded, **settings):
    response = sp.open_response(provider(**settings), encoded)
    return response.tree, response.readable


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_honest_is_confirmed(name):
    certificates = (*TRUSTED, pair("expired", days=30).certificate)
    tree, readable = opened(honest(**VARIANTS[name]).encoded(), certificates=certificates, allow_cbc=True)

    answer = second_opinion.confirm(tree, readable, certificates)

    assert answer.assertion.findtext("{*}Subject/{*}NameID") == readable.findtext("{*}Subject/{*}NameID")
    assert answer.signed is ("response" in VARIANTS[name].get("sign", ()))


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.name)
def test_nothing_forged_is_handed_back_even_without_the_preflight(case):
    try:
        tree = preflight.parse(preflight.decode(case.make()))
    except ResponseRefused:
        return
    for readable in tree.iter(ASSERTION):
        try:
            answer = second_opinion.confirm(tree, readable, TRUSTED)
        except ResponseRefused:
            continue
        assert EVIL not in etree.tostring(answer.assertion, encoding="unicode")


@pytest.mark.parametrize("sign", ["assertion", "response"])
def test_a_changed_word_is_not_confirmed(sign):
    tree, readable = opened(honest(sign=(sign,), after=text(NAME, EVIL)).encoded())

    with pytest.raises(ResponseRefused) as refusal:
        second_opinion.confirm(tree, readable, TRUSTED)

    assert refusal.value.problem.code == "second-opinion"


def test_a_stranger_is_not_confirmed():
    tree, readable = opened(honest(key=pair("mallory")).encoded())

    with pytest.raises(ResponseRefused):
        second_opinion.confirm(tree, readable, TRUSTED)


def test_what_was_opened_is_what_was_signed():
    """The response's signature covers the cipher: another assertion, however readable, is not covered by it."""
    changes = {"sign": ("response",), "encrypt_for": pair("sp").certificate}
    tree, _ = opened(honest(**changes).encoded())
    other, readable = opened(honest(**changes, name_id=EVIL).encoded())
    confirmed = second_opinion.verified(tree, TRUSTED)

    with pytest.raises(ResponseRefused):
        second_opinion._covered(other, confirmed, readable, TRUSTED)


def test_it_hands_back_no_signature_and_nothing_around_the_signed_element():
    tree, readable = opened(honest().encoded())

    answer = second_opinion.confirm(tree, readable, TRUSTED)

    assert answer.assertion.getparent() is None
    assert find(answer.assertion, "ds:Signature") is None


def test_it_shares_no_verifier_with_the_first():
    source = ast.parse(Path(second_opinion.__file__).read_text())

    imported = {name.name for node in ast.walk(source) if isinstance(node, ast.Import) for name in node.names}
    assert not imported & {"xmlsec"}
    assert not [node for node in ast.walk(source) if isinstance(node, ast.ImportFrom) and node.module == "xmlsec"]


def test_work_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(sp, "MAX_SECONDS", 0.0)

    with time_machine.travel(NOW, tick=False), pytest.raises(ResponseRefused) as refusal:
        sp.accept(provider(), honest().encoded(), REQUEST)

    assert refusal.value.problem.code == "too-slow"


def test_encoded_answers_of_400_kilobytes_are_the_largest():
    small = honest(attributes=[("email", ("ada@acme.example",)), ("note", ("x" * 290_000,))]).encoded()

    assert len(small) < preflight.MAX_BASE64
    with pytest.raises(ResponseRefused) as refusal:
        preflight.decode(base64.b64encode(b"x" * 310_000).decode())
    assert refusal.value.problem.code == "too-large"
