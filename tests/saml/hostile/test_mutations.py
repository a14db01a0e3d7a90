"""Whatever is changed in a signed response, it is refused or means exactly what was signed."""

import base64

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.saml import inspection, sp
from portal.saml.refusals import ResponseRefused
from tests.saml.hostile import EVIL, REQUEST, honest, provider
from tests.saml.idp import NOW, etree, pair

pytestmark = pytest.mark.once

SIGNED = {
    name: honest(**changes).xml()
    for name, changes in {
        "assertion": {}, "response": {"sign": ("response",)}, "both": {"sign": ("assertion", "response")},
        "encrypted": {"encrypt_for": pair("sp").certificate},
    }.items()
}  # fmt: skip
PIECES = [
    b"", b"\0", b"<!---->", b"<?x?>", b"&amp;", b"<a/>", EVIL.encode(), b'ID="_assertion"', b"<!DOCTYPE a>", b"\xff", b" ",
    b'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">', b"</saml:Assertion>", b"]]>", b"\xc2\xa0",
]  # fmt: skip
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def judged(raw):
    """The identity, or None when it was refused; any other end is a failure."""
    with time_machine.travel(NOW, tick=False):
        try:
            return sp.accept(provider(), base64.b64encode(raw).decode(), REQUEST)
        except ResponseRefused:
            return None


@pytest.mark.parametrize("kind", SIGNED)
def test_unchanged_it_is_accepted(kind):
    assert judged(SIGNED[kind]).email == "ada@acme.example"


@pytest.mark.parametrize("kind", SIGNED)
@SLOW
@given(data=st.data())
def test_bytes_changed_anywhere_never_name_somebody_else(kind, data):
    raw = SIGNED[kind]
    start = data.draw(st.integers(0, len(raw)))
    length = data.draw(st.integers(0, 40))

    identity = judged(raw[:start] + data.draw(st.sampled_from(PIECES)) + raw[start + length :])

    assert identity is None or (identity.name_id, identity.email) == ("ada@acme.example", "ada@acme.example")


@pytest.mark.parametrize("kind", SIGNED)
@SLOW
@given(data=st.data())
def test_elements_moved_anywhere_never_name_somebody_else(kind, data):
    root = etree.fromstring(SIGNED[kind])
    nodes = list(root.iter())
    moved = etree.fromstring(etree.tostring(data.draw(st.sampled_from(nodes))))
    for name in moved.xpath(".//*[local-name()='NameID' or local-name()='AttributeValue']"):
        name.text = EVIL
    target = data.draw(st.sampled_from(nodes))
    target.insert(data.draw(st.integers(0, len(target))), moved)
    if data.draw(st.booleans()) and (gone := data.draw(st.sampled_from(nodes))).getparent() is not None:
        gone.getparent().remove(gone)

    identity = judged(etree.tostring(root))

    assert identity is None or (identity.name_id, identity.email) == ("ada@acme.example", "ada@acme.example")


@SLOW
@given(raw=st.binary(max_size=300))
def test_any_bytes_are_judged_and_reported(raw):
    encoded = base64.b64encode(raw).decode()

    assert judged(raw) is None
    assert not inspection.inspect(provider(), encoded, REQUEST).accepted
