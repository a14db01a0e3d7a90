"""Responses in the style of real IdPs come in, and mean what they say."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from lxml import etree

from portal.saml import sp
from tests.saml.hostile import (
    CONDITIONS,
    DATA,
    NAME,
    REQUEST,
    drop,
    find,
    honest,
    later,
    provider,
    put,
)
from tests.saml.idp import NOW, SAML, pair

pytestmark = pytest.mark.once

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
BOTH = ("assertion", "response")
ENTRA = [
    ("http://schemas.microsoft.com/identity/claims/objectidentifier", ("0190-oid",)),
    ("http://schemas.microsoft.com/identity/claims/displayname", ("Ada Lovelace",)),
    (CLAIMS + "givenname", ("Ada",)),
    (CLAIMS + "surname", ("Lovelace",)),
    (CLAIMS + "emailaddress", ("ada@acme.example",)),
    ("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", ("g-1", "g-2")),
]
OKTA = [
    ("email", ("ada@acme.example",)),
    ("firstName", ("Ada",)),
    ("lastName", ("Lovelace",)),
    ("groups", ("Everyone",)),
]
OIDS = [
    ("urn:oid:0.9.2342.19200300.100.1.3", ("ada@acme.example",)),
    ("urn:oid:2.5.4.42", ("Ada",)),
    ("urn:oid:2.5.4.4", ("Lovelace",)),
]
KEYCLOAK = [("email", ("ada@acme.example",)), ("Role", ("view",)), ("Role", ("manage",)), ("Role", ("view-profile",))]


def with_xs_prefix(root):
    """Okta: typed values, and `xs` in InclusiveNamespaces of the consumer's canonicalization."""
    for value in root.iter(f"{{{SAML}}}AttributeValue"):
        value.set("{http://www.w3.org/2001/XMLSchema-instance}type", "xs:string")


def second_confirmation(root):
    node = etree.fromstring(etree.tostring(find(root, DATA).getparent()))
    node[0].set("Recipient", "https://elsewhere.example/acs")
    find(root, DATA).getparent().addprevious(node)


VARIANTS = {
    "Okta, both signed": {"sign": BOTH, "attributes": OKTA, "before": with_xs_prefix},
    "Okta, no attributes mapped": {"sign": BOTH, "attributes": []},
    "Entra, assertion signed": {"attributes": ENTRA, "name_format": PERSISTENT, "name_id": "AbC/xyz="},
    "Entra, response signed": {"sign": ("response",), "attributes": ENTRA},
    "Google, no attributes": {"attributes": [], "name_format": UNSPECIFIED},
    "Google, response signed": {"sign": ("response",), "attributes": []},
    "JumpCloud, unregistered format": {"name_format": "urn:oasis:names:tc:SAML:1.0:nameid-format:unspecified"},
    "Keycloak, one Role element per role": {"sign": BOTH, "attributes": KEYCLOAK},
    "OneLogin": {"attributes": [("User.email", ("ada@acme.example",)), ("User.FirstName", ("Ada",))]},
    "PingOne, no format": {"before": put(NAME, "Format", None)},
    "Shibboleth, object identifiers": {"attributes": OIDS, "name_format": PERSISTENT, "name_id": "opaque"},
    "AD FS, sha512": {"method": "RSA_SHA512", "digest": "SHA512"},
    "rsa-sha384": {"method": "RSA_SHA384", "digest": "SHA384"},
    "elliptic curve": {"method": "ECDSA_SHA256", "key": pair("ec", kind="ec")},
    "default namespace for the signature": {"prefix": None},
    "no destination, only the assertion signed": {"before": put(".", "Destination", None)},
    "no outer issuer": {"before": drop("saml:Issuer")},
    "no start of validity": {"before": put(CONDITIONS, "NotBefore", None)},
    "milliseconds": {"before": put(CONDITIONS, "NotOnOrAfter", "2026-11-24T12:05:00.123Z")},
    "clock 90 seconds behind": {"at": NOW - timedelta(seconds=90)},
    "clock 100 seconds ahead": {"at": NOW + timedelta(seconds=100)},
    "confirmation over for 60 seconds": {"before": put(DATA, "NotOnOrAfter", later(seconds=-60))},
    "session ends tonight": {"session_end": later(hours=8)},
    "a second confirmation for somebody else": {"before": second_confirmation},
    "an expired certificate": {"key": pair("expired", days=30)},
    "GCM encryption": {"encrypt_for": pair("sp").certificate},
    "GCM encryption, response signed": {"encrypt_for": pair("sp").certificate, "sign": ("response",)},
    "GCM encryption, both signed": {"encrypt_for": pair("sp").certificate, "sign": BOTH, "cipher": "AES256_GCM"},
    "CBC where it is switched on": {"encrypt_for": pair("sp").certificate, "cipher": "AES128"},
    "a name beyond ASCII": {"attributes": [("email", ("ada@acme.example",)), ("displayName", ("Zoë Łukasz 山田",))]},
    "an ampersand in a value": {"attributes": [("email", ("ada@acme.example",)), ("displayName", ("R&amp;D",))]},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_an_honest_response_comes_in(name):
    certificates = tuple(p.certificate for p in (pair("next"), pair(), pair("ec", kind="ec"), pair("expired", days=30)))
    trusting = provider(certificates=certificates, allow_cbc="CBC" in name)

    with time_machine.travel(NOW, tick=False):
        identity = sp.accept(trusting, honest(**VARIANTS[name]).encoded(), REQUEST)

    assert identity.email == "ada@acme.example"
    assert identity.assertion_id == "_assertion"


def accepted(mapping=None, **changes):
    with time_machine.travel(NOW, tick=False):
        return sp.accept(provider(mapping=mapping or {}), honest(**changes).encoded(), REQUEST)


def test_entra_names_are_understood():
    identity = accepted(attributes=ENTRA, name_format=PERSISTENT, name_id="AbC/xyz=")

    assert (identity.name_id, identity.name_id_format, identity.stable_id) == ("AbC/xyz=", PERSISTENT, "0190-oid")
    assert (identity.given_name, identity.family_name, identity.name) == ("Ada", "Lovelace", "Ada Lovelace")
    assert identity.groups == ("g-1", "g-2")


def test_repeated_attributes_are_merged():
    assert accepted(attributes=KEYCLOAK).attributes["Role"] == ("view", "manage", "view-profile")


def test_a_chosen_mapping_is_obeyed():
    attributes = [("email", ("old@acme.example",)), ("work", ("ada@acme.example",))]

    assert accepted({"email": "work"}, attributes=attributes).email == "ada@acme.example"


def test_a_name_is_not_taken_for_a_bad_address():
    assert accepted(attributes=[("email", ("nobody",))]).email == ""


def test_the_end_of_the_session_is_read():
    assert accepted(session_end=later(hours=8)).session_not_on_or_after == NOW + timedelta(hours=8)


def test_an_identity_survives_storage():
    identity = accepted(attributes=ENTRA, session_end=later(hours=8))

    assert type(identity).load(identity.dump()) == identity


def test_an_unsolicited_answer_is_one_that_answers_nothing():
    with time_machine.travel(NOW, tick=False):
        identity = sp.accept(provider(), replace(honest(), request_id=None).encoded(), None)

    assert identity.email == "ada@acme.example"
