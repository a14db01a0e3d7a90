"""Reading the AuthnRequest an application sent with a browser, by HTTP-Redirect or HTTP-POST."""

import base64
import binascii
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
LARGEST = 65_536


class Unreadable(ValueError):
    """The text says what is wrong with it."""


@dataclass(frozen=True)
class Question:
    """`acs_url` is empty where the application leaves the choice to the IdP."""

    id: str
    issuer: str
    acs_url: str = ""


Reader = Callable[[str], Question]


def by_redirect(encoded: str) -> Question:
    inflate = zlib.decompressobj(wbits=-15)
    try:
        document = inflate.decompress(_bytes(encoded), LARGEST)
    except zlib.error:
        raise Unreadable("SAMLRequest is not deflated") from None
    if inflate.unconsumed_tail:
        raise Unreadable("SAMLRequest is too large")
    return _read(document)


def by_post(encoded: str) -> Question:
    return _read(_bytes(encoded))


def _bytes(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded[:LARGEST], validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("SAMLRequest is not base64") from None


def _read(document: bytes) -> Question:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        raise Unreadable("SAMLRequest is not XML") from None
    if root.tag != f"{{{SAMLP}}}AuthnRequest" or not root.get("ID"):
        raise Unreadable("SAMLRequest is not an AuthnRequest")
    issuer = (root.findtext(f"{{{SAML}}}Issuer") or "").strip()
    return Question(str(root.get("ID")), issuer, root.get("AssertionConsumerServiceURL") or "")
