"""The practice IdP reads what an application asks."""

import base64
import zlib

import pytest

from portal.practice import questions
from portal.practice.questions import Question, Unreadable

pytestmark = pytest.mark.once

ASKED = (
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
    'ID="_1" AssertionConsumerServiceURL="https://sp.example/acs"><saml:Issuer>https://sp.example</saml:Issuer></samlp:AuthnRequest>'
)
READ = Question("_1", "https://sp.example", "https://sp.example/acs")


def plain(text):
    return base64.b64encode(text.encode()).decode()


def deflated(octets):
    deflate = zlib.compressobj(wbits=-15)
    return base64.b64encode(deflate.compress(octets) + deflate.flush()).decode()


def test_a_question_by_redirect_is_inflated():
    assert questions.by_redirect(deflated(ASKED.encode())) == READ


def test_a_question_by_post_is_plain():
    assert questions.by_post(plain(ASKED)) == READ


@pytest.mark.parametrize(
    "text", ["", "!", plain("<a/>"), plain("<a"), plain(ASKED.replace("ID=", "Id=")), plain("<!DOCTYPE a><a/>")]
)
def test_what_is_no_question_is_refused(text):
    with pytest.raises(Unreadable):
        questions.by_post(text)


@pytest.mark.parametrize("text", [plain(ASKED), deflated(b"a" * 1_000_000)])
def test_what_does_not_inflate_to_a_question_is_refused(text):
    with pytest.raises(Unreadable):
        questions.by_redirect(text)
