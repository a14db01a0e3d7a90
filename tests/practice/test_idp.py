"""The practice IdP signs for real: what nobody here wrote verifies it, and the guides recognise it."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier

from portal.practice import idp, keys
from portal.practice.personalities import ENTRA, OKTA, PERSONALITIES, facts_of
from portal.saml import metadata
from wizards import facts

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NS = {"saml": idp.SAML, "samlp": idp.SAMLP, "ds": idp.DS, "md": idp.MD}
EVERY = pytest.mark.parametrize("personality", PERSONALITIES.values(), ids=PERSONALITIES)
PERSON = {
    "id": "00u1",
    "user_name": "grace@acme.example",
    "email": "grace@acme.example",
    "given_name": "Grace",
    "family_name": "Hopper",
    "display_name": "Grace Hopper",
}


@cache
def sender(personality):
    key = keys.make(personality.saml.certificate_name, years=3, at=datetime.now(UTC))
    return idp.Sender(personality, facts_of(uuid.UUID(int=7)), key, "http://localhost:8080/practice/idp/7/sso")


def answered(personality, request_id="_question", **changes):
    delivery = idp.Delivery("https://sp.example/acs", "https://sp.example", request_id, NOW)
    return etree.fromstring(idp.response(sender(personality), delivery, PERSON | changes))


def verified(personality, root, location):
    expect = SignatureConfiguration(location=location)
    certificate = sender(personality).key.certificate
    return XMLVerifier().verify(root, x509_cert=certificate, expect_config=expect).signed_xml


@EVERY
def test_another_library_verifies_the_assertion(personality):
    signed = verified(personality, answered(personality), "./{*}Assertion/")

    assert signed.findtext("saml:Subject/saml:NameID", namespaces=NS) == "grace@acme.example"
    assert signed.find(".//saml:SubjectConfirmationData", NS).get("InResponseTo") == "_question"


def test_okta_signs_the_response_as_well():
    assert verified(OKTA, answered(OKTA), "./").tag == f"{{{idp.SAMLP}}}Response"


def test_entra_signs_the_assertion_alone():
    assert answered(ENTRA).find("ds:Signature", NS) is None


def test_a_changed_word_breaks_the_signature():
    from signxml.exceptions import InvalidDigest

    root = answered(ENTRA)
    root.find(".//saml:NameID", NS).text = "ada@acme.example"

    with pytest.raises(InvalidDigest):
        verified(ENTRA, root, "./{*}Assertion/")


def claims(root):
    return {node.get("Name"): "".join(node.itertext()) for node in root.iterfind(".//saml:Attribute", NS)}


def test_okta_sends_the_three_attributes_its_guide_asks_for():
    assert claims(answered(OKTA)) == {"email": "grace@acme.example", "firstName": "Grace", "lastName": "Hopper"}


def test_entra_sends_claims_by_address_with_those_nobody_asked_for():
    sent = claims(answered(ENTRA))

    assert sent["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"] == "grace@acme.example"
    assert sent["http://schemas.microsoft.com/identity/claims/tenantid"] == str(uuid.UUID(int=7))
    assert sent["http://schemas.microsoft.com/identity/claims/objectidentifier"] == "00u1"


def test_what_a_person_does_not_have_is_not_sent():
    assert "lastName" not in claims(answered(OKTA, family_name=""))


def test_text_that_looks_like_markup_stays_text():
    assert claims(answered(OKTA, family_name="<b>&amp;"))["lastName"] == "<b>&amp;"


@EVERY
def test_an_answer_nobody_asked_for_names_no_question(personality):
    root = answered(personality, request_id="")

    assert root.xpath("//@InResponseTo") == []


@EVERY
def test_our_reader_takes_its_metadata_and_recognises_it(app, personality):
    reading = metadata.read(idp.metadata(sender(personality)).decode())

    assert reading.metadata.entity_id == sender(personality).entity_id
    assert reading.metadata.sso_url == sender(personality).sso_url
    known = facts.load()[personality.guide].recognise.entity_id  # JumpCloud is told by its address alone
    assert reading.metadata.idp == (personality.guide if known else "")
    assert len(reading.metadata.certificates) == 1


def test_entras_metadata_is_signed():
    root = etree.fromstring(idp.metadata(sender(ENTRA)))

    expect = SignatureConfiguration(location="./")
    XMLVerifier().verify(root, x509_cert=sender(ENTRA).key.certificate, expect_config=expect)


def test_the_address_of_entras_metadata_names_the_application():
    facts = sender(ENTRA).facts

    assert idp.metadata_url(ENTRA, facts, "http://x/metadata") == f"http://x/metadata?appid={facts['app_id']}"
    assert idp.metadata_url(OKTA, facts, "http://x/metadata") == "http://x/metadata"


def test_a_key_is_good_for_as_long_as_the_vendors():
    from cryptography import x509

    certificate = x509.load_pem_x509_certificate(keys.make("practice", years=3, at=NOW).certificate.encode())

    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    assert certificate.not_valid_after_utc - NOW == timedelta(days=3 * 365)
