"""Metadata of IdPs is read as it comes, and what is wrong with it is said in words."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal.saml import metadata
from portal.saml.vocabulary import POST, REDIRECT
from tests.saml.idp import NOW, pair


@pytest.fixture(autouse=True)
def at_noon(app):
    with time_machine.travel(NOW, tick=False):
        yield


def bare(certificate):
    return "".join(certificate.strip().splitlines()[1:-1])


# Made once with openssl: nothing here makes new signatures with SHA-1 any more.
SHA1 = """-----BEGIN CERTIFICATE-----
MIIC/zCCAeegAwIBAgIUSYT1CCQRfQnt4IgrtMoztPzjACEwDQYJKoZIhvcNAQEF
BQAwDzENMAsGA1UEAwwEc2hhMTAeFw0yNjExMjUyMTU2NDBaFw0zNjExMjIyMTU2
NDBaMA8xDTALBgNVBAMMBHNoYTEwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQCd/YSCtbs/KssQ/l7x0BDEPrz9sV6sb0QrFsuWe5nDGx5HnXaQbVcWBdKO
3b7Vz0bPHgg3ToV525xizFPH1XcyjVBFRXadKwMRGE+qRH4rGCVwct03QoLtpBEu
kZYEi2ZrbrBrN8mRf+cWQxrOLhBjInp7mRDX7Uh5dkqSuNFebONau7AhFUSwuUOS
20oCvl4w8hAMSdWhokjiTwzSowYbZ6WI2zICf+zd/MhrnmQOAGY/duOScHalNjOc
U3uBklohlU5EMjDcNZytrJwykAkhO9YwZpYojgYDSlzOKQ6GzxBvsAIyELMU6egH
Uv3zqx/MPPorG5usSEGZ+MPTGzLLAgMBAAGjUzBRMB0GA1UdDgQWBBQBqEpXaQwD
vfrwQ1isnxPo9/oyuTAfBgNVHSMEGDAWgBQBqEpXaQwDvfrwQ1isnxPo9/oyuTAP
BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBBQUAA4IBAQB654sX6cnpgSrhgmnm
di1/WCHZ1sSylfwq3hdK5drv+CA0Kn6m8uTqwyq9NhOjXojrvKU5QTnYiKxLBee+
etuGGez0lWWQEPbqypJ5oXZvQha76rcRcLLT58cpmtXmGJebH2oX8m38fqooRQJW
iIByqkKy7V60QSBuuvsELOvQR8wtMjLCyPTeQB/kqWeqoJBprr7qx5CXVlN3rg3F
TCYonVd1e/n0yd2hR52PcdURGvcWOJUFCURxqCkwdPVcZUJfHG3/uU+28KXp8EzE
V9dHm/VthKV9LDC68yciF7g/0/IvlIY7Rz5YUdYN9Ab3YhTG0sDIyaz65IoSe1QR
llZ6
-----END CERTIFICATE-----
"""


def document(entity_id="http://www.okta.com/exk1", services=None, keys=None, wants=""):
    keys = keys if keys is not None else [pair().certificate]
    services = services or [(REDIRECT, "https://acme.okta.com/app/front/exk1/sso/saml")]
    descriptors = "".join(
        f'<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{bare(key)}</ds:X509Certificate>'
        "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for key in keys
    )
    places = "".join(f'<md:SingleSignOnService Binding="{how}" Location="{where}"/>' for how, where in services)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><!-- exported --><md:EntityDescriptor entityID="{entity_id}"'
        ' xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        f'<md:IDPSSODescriptor {wants} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f"{descriptors}{places}</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def together(*documents):
    inner = "".join(re.sub(r"^.*?(?=<md:Entity)", "", one, flags=re.DOTALL) for one in documents)
    return f'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{inner}</md:EntitiesDescriptor>'


def codes(reading):
    return {finding.code for finding in reading.findings}


def test_metadata_is_read_and_its_idp_recognised():
    reading = metadata.read(document())

    assert (reading.metadata.entity_id, reading.metadata.sso_binding) == ("http://www.okta.com/exk1", REDIRECT)
    assert reading.metadata.certificates[0].pem == pair().certificate
    assert reading.metadata.idp == "okta"
    assert codes(reading) == {"recognised"}


def test_redirect_is_preferred_and_post_is_enough():
    both = metadata.read(document(services=[(POST, "https://a.example/post"), (REDIRECT, "https://a.example/get")]))
    only = metadata.read(document(entity_id="JumpCloud", services=[(POST, "https://sso.jumpcloud.com/saml2/front")]))

    assert both.metadata.sso_url == "https://a.example/get"
    assert only.metadata.sso_binding == POST
    assert "post-only" in codes(only)


@pytest.mark.parametrize("until", ["2026-11-25T12:00:00.000Z", "2027-01-01T00:00:00+02:00", "soon"])
def test_metadata_that_is_still_valid_is_read(until):
    assert metadata.read(document().replace("entityID=", f'validUntil="{until}" entityID=')).metadata


def test_every_certificate_is_kept_once():
    reading = metadata.read(document(keys=[pair().certificate, pair("next").certificate, pair().certificate]))

    assert len(reading.metadata.certificates) == 2
    assert "several-certificates" in codes(reading)


@pytest.mark.parametrize(("days", "code"), [(30, "certificate-expired"), (110, "certificate-expires-soon")])
def test_the_end_of_a_certificate_is_told(days, code):
    reading = metadata.read(document(keys=[pair("old", days=days).certificate]))

    assert code in codes(reading)
    assert reading.metadata is not None


def test_a_weak_key_is_told():
    assert "weak-key" in codes(metadata.read(document(keys=[pair("weak", kind="rsa1024").certificate])))


def test_a_certificate_made_with_sha1_is_told_and_taken():
    reading = metadata.read(document(keys=[SHA1]))

    assert "sha1-certificate" in codes(reading)
    assert reading.metadata is not None


def test_a_certificate_of_tomorrow_is_told():
    key = pair("tomorrow", since=NOW + timedelta(days=1))

    assert "certificate-not-yet" in codes(metadata.read(document(keys=[key.certificate])))


def test_a_wish_for_signed_requests_is_told():
    assert "wants-signed-requests" in codes(metadata.read(document(wants='WantAuthnRequestsSigned="true"')))


def test_jumpclouds_placeholder_is_told():
    assert "placeholder-entity-id" in codes(metadata.read(document(entity_id="IdP Entity ID")))


def our_own(app):
    return document(f"{app.config['SETTINGS'].public_url}/saml/0190").replace("IDPSSO", "SPSSO")


UNUSABLE = {
    "our-own": our_own,
    "service-provider": lambda app: document().replace("IDPSSO", "SPSSO"),
    "not-metadata": lambda app: "<!doctype html><html><title>Welcome</title></html>",
    "login-page": lambda app: "<!doctype html><html><form><input type='password'></form></html>",
    "no-idp": lambda app: document().replace("IDPSSO", "AttributeAuthority"),
    "not-well-formed": lambda app: document()[:-30],
    "doctype": lambda app: document().replace("<!-- exported -->", '<!DOCTYPE a [<!ENTITY b "c">]>'),
    "no-certificate": lambda app: document(keys=[]),
    "bad-certificate": lambda app: document(keys=["x\nAAAA\nx"]),
    "no-sso-address": lambda app: document(
        services=[("urn:oasis:names:tc:SAML:2.0:bindings:SOAP", "https://a.example")]
    ),
    "no-entity-id": lambda app: document(entity_id=""),
    "a-response": lambda app: '<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"/>',
    "too-large": lambda app: "<a>" + "x" * 1_100_000,
    "expired": lambda app: document().replace("entityID=", 'validUntil="2026-11-23T12:00:00Z" entityID='),
    "empty": lambda app: "  ",
}


@pytest.mark.parametrize("code", UNUSABLE)
def test_what_cannot_be_used_is_named(app, code):
    reading = metadata.read(UNUSABLE[code](app))

    assert reading.metadata is None
    assert codes(reading) == {code}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "//a.example", "https://", "data:,x", "a b"]
)
def test_browsers_are_never_sent_to_a_dangerous_address(address):
    reading = metadata.read(document(services=[(REDIRECT, address)]))

    assert reading.metadata is None
    assert codes(reading) == {"bad-sso-address"}


def test_several_idps_are_a_choice():
    both = together(document("https://one.example"), document("https://two.example"))

    assert metadata.read(both).choices == ("https://one.example", "https://two.example")
    assert metadata.read(both, choose="https://two.example").metadata.entity_id == "https://two.example"


def test_a_service_provider_beside_the_idp_does_not_disturb():
    both = together(document("https://sp.example").replace("IDPSSO", "SPSSO"), document("https://idp.example"))

    assert metadata.read(both).metadata.entity_id == "https://idp.example"


def test_an_address_is_recognised_as_one():
    assert metadata.read(" https://acme.okta.com/app/exk1/sso/saml/metadata ").url.startswith("https://acme")


@pytest.mark.parametrize(
    "text", [pair().certificate, bare(pair().certificate), pair().certificate + pair("next").certificate]
)
def test_a_certificate_is_recognised_as_one(text):
    assert metadata.read(text).certificates[0].pem == pair().certificate


def test_a_private_key_is_not_taken():
    reading = metadata.read(pair().private)

    assert "private key" in reading.findings[0].words


def test_fields_by_hand_make_the_same_reading():
    reading = metadata.by_hand("https://idp.example", "https://idp.example/sso", pair().certificate)

    configuration = reading.metadata.configuration()
    assert (configuration.entity_id, configuration.certificates) == ("https://idp.example", (pair().certificate,))


@pytest.mark.parametrize(
    "fields", [("", "https://a.example", ""), ("a", "ftp://a", ""), ("a", "https://a.example", "junk")]
)
def test_bad_fields_are_told(fields):
    assert metadata.by_hand(*fields).metadata is None
