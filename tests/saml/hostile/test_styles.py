"""Each IdP's way of writing comes in, signed in every way, encrypted, and with clocks that differ."""

from datetime import timedelta

import pytest
import time_machine
from lxml import etree

from portal.saml import preflight, schemas, sp
from portal.saml.refusals import ResponseRefused
from tests.saml.hostile import EVIL, REQUEST, provider
from tests.saml.hostile.styles import STYLES
from tests.saml.idp import NOW
from tests.saml.test_authn_request import SCHEMA

pytestmark = pytest.mark.once

EVERY_STYLE = pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
WAYS = {
    "as it does": {}, "both signed": {"signs": ("assertion", "response")}, "response signed": {"signs": ("response",)},
    "encrypted": {"cipher": "AES256_GCM"}, "encrypted, both signed": {"cipher": "AES128_GCM", "signs": ("assertion", "response")},
    "its clock behind": {"at": NOW - timedelta(seconds=100)}, "its clock ahead": {"at": NOW + timedelta(seconds=100)},
}  # fmt: skip


@EVERY_STYLE
@pytest.mark.parametrize("way", WAYS)
def test_it_comes_in(style, way):
    with time_machine.travel(NOW, tick=False):
        identity = sp.accept(provider(), style.answer(**WAYS[way]), REQUEST)

    assert (identity.email, identity.given_name, identity.family_name) == ("ada@acme.example", "Ada", "Lovelace")
    assert (identity.name_id, identity.session_index) == (style.name_id, "_s0190")


@EVERY_STYLE
def test_it_is_written_as_saml_says(style):
    written = etree.fromstring(preflight.decode(style.answer()))

    assert schemas.valid(written, SCHEMA)


@EVERY_STYLE
def test_a_word_changed_in_it_is_noticed(style):
    raw = preflight.decode(style.answer()).replace(b"ada@acme.example", EVIL.encode())

    with time_machine.travel(NOW, tick=False), pytest.raises(ResponseRefused) as refusal:
        sp.accept(provider(), preflight.base64.b64encode(raw).decode(), REQUEST)

    assert refusal.value.problem.check == "signature"


@EVERY_STYLE
def test_it_is_for_us_alone(style):
    with time_machine.travel(NOW, tick=False), pytest.raises(ResponseRefused):
        sp.accept(provider(acs_url="https://front.example/saml/0191/acs"), style.answer(), REQUEST)
