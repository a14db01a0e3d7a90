"""Our metadata says what an IdP's console needs, and validates against the SAML schema."""

from pathlib import Path

from lxml import etree
from onelogin.saml2 import response as library

from portal.saml import schemas, sp, sp_metadata
from portal.saml.vocabulary import NAMESPACES, POST
from tests.saml.conftest import place
from tests.saml.idp import pair
from tests.saml.test_hostile_responses import provider

SCHEMA = f"{Path(library.__file__).parent}/schemas/saml-schema-metadata-2.0.xsd"


def test_metadata_names_our_addresses(client, draft):
    answer = client.get(place(draft, "metadata"))
    document = etree.fromstring(answer.data)

    service = document.find("md:SPSSODescriptor/md:AssertionConsumerService", NAMESPACES)
    assert answer.mimetype == "application/samlmetadata+xml"
    assert document.get("entityID") == draft.entity_id
    assert (service.get("Location"), service.get("Binding")) == (draft.acs_url, POST)
    assert document.get("validUntil") is None


def test_metadata_ignores_the_host_header(client, draft):
    answer = client.get(place(draft, "metadata"), headers={"Host": "evil.example"})

    assert b"evil.example" not in answer.data


def test_metadata_is_valid_with_and_without_keys():
    keys = (
        sp.SpKey(pair("sp").private, pair("sp").certificate),
        sp.SpKey(pair("next").private, pair("next").certificate),
    )

    for made in (provider(keys=()), provider(keys=keys)):
        document = etree.fromstring(sp_metadata.build(made, requests_signed=bool(made.keys)))
        assert schemas.valid(document, SCHEMA)
        assert len(document.findall(".//md:KeyDescriptor", NAMESPACES)) == 2 * len(made.keys)
