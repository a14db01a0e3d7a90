"""Hostile responses: each a name, what must refuse it (check and code), and how it is made from an honest one."""

import base64
import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from lxml import etree

from portal.saml import parties
from tests.saml.idp import DS, NOW, NS, SAML, SAMLP, Reply, pair, sign, stamp

ACS = "https://front.example/saml/0190/acs"
ENTITY = "https://front.example/saml/0190"
REQUEST = "_asked"
EVIL = "mallory@acme.example"


def honest(**changes: object) -> Reply:
    return replace(Reply(ACS, ENTITY, REQUEST), **changes)


@dataclass(frozen=True)
class Case:
    name: str
    check: str
    codes: str
    make: Callable[[], str]
    settings: dict[str, object] = field(default_factory=dict)


def provider(**changes: object) -> parties.ServiceProvider:
    """We, as the honest IdP knows us."""
    values: dict[str, object] = {
        "entity_id": ENTITY,
        "acs_url": ACS,
        "idp_entity_id": "https://idp.example/saml",
        "sso_url": "https://idp.example/sso",
        "certificates": (pair().certificate,),
        "keys": (parties.SpKey(pair("sp").private, pair("sp").certificate),),
    }
    return parties.ServiceProvider(**(values | changes))


def corpus() -> list[Case]:
    """Every hostile response there is: the table written by hand, and what is made by rule."""
    from tests.saml.hostile import cases, generated

    return [*cases.CASES, *generated.cases()]


def changed(**options: object) -> Callable[[], str]:
    return lambda: honest(**options).encoded()


def bytes_changed(change: Callable[[bytes], bytes], **options: object) -> Callable[[], str]:
    return lambda: base64.b64encode(change(honest(**options).xml())).decode()


def find(root: etree._Element, path: str) -> etree._Element:
    return root.find(path, NS)


def put(path: str, name: str, value: str | None) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        node = root if path == "." else find(root, path)
        node.attrib.pop(name, None)
        if value is not None:
            node.set(name, value)

    return change


def text(path: str, value: str) -> Callable[[etree._Element], None]:
    return lambda root: setattr(find(root, path), "text", value)


def drop(path: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        node = find(root, path)
        node.getparent().remove(node)

    return change


def forged(root: etree._Element, identifier: str = "_evil") -> etree._Element:
    """A copy of the assertion without its signature that names somebody else."""
    copied = copy.deepcopy(root if root.tag.endswith("}Assertion") else find(root, "saml:Assertion"))
    signature = find(copied, "ds:Signature")
    if signature is not None:
        copied.remove(signature)
    find(copied, "saml:Subject/saml:NameID").text = EVIL
    copied.set("ID", identifier)
    return copied


# -- the signature itself -----------------------------------------------------------------------------------------------

INFO = "saml:Assertion/ds:Signature/ds:SignedInfo"
REFERENCE = f"{INFO}/ds:Reference"


def second_reference(uri: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        reference = copy.deepcopy(find(root, REFERENCE))
        reference.set("URI", uri)
        find(root, INFO).append(reference)

    return change


def transform(algorithm: str, inner: str = "") -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        transforms = find(root, f"{REFERENCE}/ds:Transforms")
        node = etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=algorithm)
        if inner:
            node.append(etree.fromstring(inner))

    return change


def replace_transform(algorithm: str, inner: str = "") -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        node = find(root, f"{REFERENCE}/ds:Transforms")[1]
        node.set("Algorithm", algorithm)
        if inner:
            node.append(etree.fromstring(inner))

    return change


def many_transforms(root: etree._Element) -> None:
    transforms = find(root, f"{REFERENCE}/ds:Transforms")
    for _ in range(2_000):
        transforms.append(copy.deepcopy(transforms[1]))


def second_signed_info(root: etree._Element) -> None:
    find(root, "saml:Assertion/ds:Signature").insert(0, copy.deepcopy(find(root, INFO)))


def second_signature(root: etree._Element) -> None:
    assertion = find(root, "saml:Assertion")
    assertion.insert(1, copy.deepcopy(find(assertion, "ds:Signature")))


def hmac_with_the_public_key(root: etree._Element) -> None:
    find(root, f"{INFO}/ds:SignatureMethod").set("Algorithm", DS + "hmac-sha1")


def retrieval_method(root: etree._Element) -> None:
    info = find(root, "saml:Assertion/ds:Signature/ds:KeyInfo")
    etree.SubElement(info, f"{{{DS}}}RetrievalMethod", URI="http://169.254.169.254/", Type=DS + "X509Data")


def comment_in_digest(root: etree._Element) -> None:
    node = find(root, f"{REFERENCE}/ds:DigestValue")
    node.insert(0, etree.Comment("x"))


XSLT = (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
    '<xsl:for-each select="//. | //@*"><xsl:for-each select="//. | //@*"><xsl:for-each select="//.">'
    "<x/></xsl:for-each></xsl:for-each></xsl:for-each></xsl:template></xsl:stylesheet>"
)
XPATH = f'<ds:XPath xmlns:ds="{DS}">count(//. | //@*) > count(//.//.//.//.//.//.)</ds:XPath>'
LAUGHS = (
    b"""<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
)
XXE = b"""<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>"""
CONFIRMATION = "saml:Assertion/saml:Subject/saml:SubjectConfirmation"
DATA = f"{CONFIRMATION}/saml:SubjectConfirmationData"
CONDITIONS = "saml:Assertion/saml:Conditions"
NAME = "saml:Assertion/saml:Subject/saml:NameID"
DEEP = b"<a>" * 45 + b"</a>" * 45

# -- encryption ---------------------------------------------------------------------------------------------------------


def encrypted(**options: object) -> Callable[[], str]:
    return lambda: honest(encrypt_for=pair("sp").certificate, **options).encoded()


def cipher_reference(root: etree._Element) -> None:
    data = find(root, "saml:EncryptedAssertion/xenc:EncryptedData/xenc:CipherData")
    data.clear()
    etree.SubElement(data, f"{{{NS['xenc']}}}CipherReference", URI="file:///dev/zero")


def old_key_transport(root: etree._Element) -> None:
    node = root.find(".//xenc:EncryptedKey/xenc:EncryptionMethod", NS)
    node.set("Algorithm", NS["xenc"] + "rsa-1_5")


def second_audience(root: etree._Element) -> None:
    conditions = find(root, CONDITIONS)
    restriction = etree.SubElement(conditions, f"{{{SAML}}}AudienceRestriction")
    etree.SubElement(restriction, f"{{{SAML}}}Audience").text = "https://other.example"


def foreign_condition(root: etree._Element) -> None:
    xsi = "{http://www.w3.org/2001/XMLSchema-instance}type"
    etree.SubElement(find(root, CONDITIONS), f"{{{SAML}}}Condition", {xsi: "saml:OneTimeUseType"})


def two_names(root: etree._Element) -> None:
    subject = find(root, "saml:Assertion/saml:Subject")
    subject.insert(1, copy.deepcopy(subject[0]))


def failed(root: etree._Element) -> None:
    find(root, "samlp:Status/samlp:StatusCode").set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
    root.remove(find(root, "saml:Assertion"))


def nested_response(root: etree._Element) -> None:
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    etree.SubElement(extensions, f"{{{SAMLP}}}Response", ID="_inner")
    root.insert(1, extensions)


def later(**delta: float) -> str:
    return stamp(NOW + timedelta(**delta))


def signed_with(transforms: tuple[str, ...]) -> str:
    root = etree.fromstring(honest(sign=()).xml())
    return base64.b64encode(etree.tostring(sign(root, "saml:Assertion", transforms=transforms))).decode()
