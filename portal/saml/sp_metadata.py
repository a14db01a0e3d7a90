"""Our metadata, one document per connection, for the IdP's console to read."""

import base64
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from portal.saml.vocabulary import CBC, DS, GCM, MD, NAME_EMAIL, NAME_PERSISTENT, OAEP, POST, REDIRECT, SAMLP

MIME = "application/samlmetadata+xml"


@dataclass(frozen=True)
class Published:
    """What an IdP must know of us; the certificates in use first, and so the address that we ask answers to."""

    entity_id: str
    acs_urls: tuple[str, ...]
    logout_url: str
    certificates: tuple[str, ...] = ()
    requests_signed: bool = False
    allow_cbc: bool = False


def build(ours: Published) -> bytes:
    """Without validUntil: admins upload the file once and keep it for years."""
    root = etree.Element(f"{{{MD}}}EntityDescriptor", {"entityID": ours.entity_id}, nsmap={"md": MD, "ds": DS})
    role = etree.SubElement(
        root,
        f"{{{MD}}}SPSSODescriptor",
        {
            "protocolSupportEnumeration": SAMLP,
            "AuthnRequestsSigned": str(ours.requests_signed).lower(),
            "WantAssertionsSigned": "true",
        },
    )
    for certificate in ours.certificates:
        _add_key(role, "signing", certificate)
        _add_encryption(_add_key(role, "encryption", certificate), ours.allow_cbc)
    for binding in (REDIRECT, POST) if ours.certificates else ():  # logout is signed or it is not
        etree.SubElement(role, f"{{{MD}}}SingleLogoutService", {"Binding": binding, "Location": ours.logout_url})
    for name_format in (NAME_PERSISTENT, NAME_EMAIL):
        etree.SubElement(role, f"{{{MD}}}NameIDFormat").text = name_format
    for index, address in enumerate(ours.acs_urls):
        place = {"Binding": POST, "Location": address, "index": str(index), "isDefault": str(not index).lower()}
        etree.SubElement(role, f"{{{MD}}}AssertionConsumerService", place)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _add_key(role: etree._Element, use: str, certificate: str) -> etree._Element:
    descriptor = etree.SubElement(role, f"{{{MD}}}KeyDescriptor", {"use": use})
    info = etree.SubElement(etree.SubElement(descriptor, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    der = x509.load_pem_x509_certificate(certificate.encode()).public_bytes(Encoding.DER)
    etree.SubElement(info, f"{{{DS}}}X509Certificate").text = base64.b64encode(der).decode()
    return descriptor


def _add_encryption(descriptor: etree._Element, allow_cbc: bool) -> None:
    """SAML metadata §2.4.1.1: IdPs that read it choose an algorithm we take; CBC is named only where it is switched on."""
    for algorithm in (*sorted(GCM, reverse=True), *(sorted(CBC) if allow_cbc else ()), OAEP):
        etree.SubElement(descriptor, f"{{{MD}}}EncryptionMethod", {"Algorithm": algorithm})
