"""Our questions are well formed and, where there is a key, signed so that others can check it."""

import base64
import zlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree
from onelogin.saml2 import response as library
from signxml import XMLVerifier

from portal.saml import authn_request, bindings, schemas
from portal.saml.authn_request import Question
from portal.saml.parties import SpKey
from portal.saml.vocabulary import POST, REDIRECT
from tests.saml.hostile import provider
from tests.saml.idp import NOW, pair

pytestmark = pytest.mark.once

SCHEMA = f"{Path(library.__file__).parent}/schemas/saml-schema-protocol-2.0.xsd"
KEY = SpKey(pair("sp").private, pair("sp").certificate)


def question(**changes):
    return Question(authn_request.new_request_id(), "state", NOW, **changes)


@pytest.mark.parametrize("address", ["https://idp.example/sso?a=1&b=2", "https://idp.example/<\"'>"])
def test_a_request_is_valid_whatever_the_address_holds(address):
    built = authn_request.build(
        provider(sso_url=address, force_authn=True, authn_contexts=("urn:x", "a&b")), question()
    )

    again = etree.fromstring(etree.tostring(built))
    assert schemas.valid(again, SCHEMA)
    assert again.get("Destination") == address


def test_request_ids_differ_and_are_xml_names():
    ids = {authn_request.new_request_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(one.startswith("_") and len(one) == 41 for one in ids)


def test_a_redirect_is_signed_over_its_query():
    query = urlsplit(bindings.redirect_url(authn_request.message(provider(signing=KEY), question(), REDIRECT))).query
    signed, _, _ = query.rpartition("&Signature=")
    fields = parse_qs(query)

    public = x509.load_pem_x509_certificate(KEY.certificate.encode()).public_key()
    public.verify(base64.b64decode(fields["Signature"][0]), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert list(fields) == ["SAMLRequest", "RelayState", "SigAlg", "Signature"]
    assert zlib.decompress(base64.b64decode(fields["SAMLRequest"][0]), -15).startswith(b"<samlp:AuthnRequest")


def test_a_posted_request_is_signed_inside():
    fields = bindings.post_fields(authn_request.message(provider(signing=KEY), question(), POST))
    document = etree.fromstring(base64.b64decode(fields["SAMLRequest"]))

    verified = XMLVerifier().verify(document, x509_cert=KEY.certificate, id_attribute="ID")
    assert verified.signed_xml.get("ID") == document.get("ID")
    assert schemas.valid(document, SCHEMA)
