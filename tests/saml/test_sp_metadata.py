"""Our metadata says what an IdP's console needs, and validates against the SAML schema."""

from pathlib import Path

import pytest
from lxml import etree
from onelogin.saml2 import response as library

from portal.saml import schemas, sp_metadata
from portal.saml.vocabulary import CBC, NAMESPACES, POST
from tests.saml.conftest import place
from tests.saml.hostile import ACS, ENTITY
from tests.saml.idp import pair

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


@pytest.mark.parametrize("allow_cbc", [False, True])
@pytest.mark.parametrize("certificates", [(), (pair("sp").certificate, pair("next").certificate)])
def test_metadata_is_valid_with_and_without_keys(certificates, allow_cbc):
    signed = bool(certificates)
    made = sp_metadata.Published(ENTITY, (ACS,), f"{ENTITY}/logout", certificates, signed, allow_cbc)

    document = etree.fromstring(sp_metadata.build(made))

    methods = {node.get("Algorithm") for node in document.iterfind(".//md:EncryptionMethod", NAMESPACES)}
    assert schemas.valid(document, SCHEMA)
    assert len(document.findall(".//md:KeyDescriptor", NAMESPACES)) == 2 * len(certificates)
    assert bool(methods & CBC) is (allow_cbc and bool(certificates))
