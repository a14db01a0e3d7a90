"""Our metadata, one document per connection, for the IdP's console to read."""

import base64

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from portal.saml.sp import ServiceProvider
from portal.saml.vocabulary import DS, MD, NAME_EMAIL, NAME_PERSISTENT, POST, SAMLP

MIME = "application/samlmetadata+xml"


def build(sp: ServiceProvider, *, requests_signed: bool = False) -> bytes:
    """Without validUntil: admins upload the file once and keep it for years."""
    root = etree.Element(f"{{{MD}}}EntityDescriptor", {"entityID": sp.entity_id}, nsmap={"md": MD, "ds": DS})
    role = etree.SubElement(
        root,
        f"{{{MD}}}SPSSODescriptor",
        {
            "protocolSupportEnumeration": SAMLP,
            "AuthnRequestsSigned": str(requests_signed).lower(),
            "WantAssertionsSigned": "true",
        },
    )
    for key in sp.keys:
        for use in ("signing", "encryption"):
            _add_key(role, use, key.certificate)
    for name_format in (NAME_PERSISTENT, NAME_EMAIL):
        etree.SubElement(role, f"{{{MD}}}NameIDFormat").text = name_format
    etree.SubElement(
        role,
        f"{{{MD}}}AssertionConsumerService",
        {"Binding": POST, "Location": sp.acs_url, "index": "0", "isDefault": "true"},
    )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _add_key(role: etree._Element, use: str, certificate: str) -> None:
    descriptor = etree.SubElement(role, f"{{{MD}}}KeyDescriptor", {"use": use})
    info = etree.SubElement(etree.SubElement(descriptor, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    der = x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER)
    etree.SubElement(info, f"{{{DS}}}X509Certificate").text = base64.b64encode(der).decode()
