"""The SAML half of a practice IdP: its metadata, and the signed response that says who signed in."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from portal.practice.keys import KeyPair
from portal.practice.personality import Personality, Saml
from portal.practice.signing import sign

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
FED = "http://docs.oasis-open.org/wsfed/federation/200706"
XS = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


@dataclass(frozen=True)
class Sender:
    """One practice IdP. `facts` are the tenant's own names (`personalities.facts_of`)."""

    personality: Personality
    facts: Mapping[str, str]
    key: KeyPair
    sso_url: str

    @property
    def entity_id(self) -> str:
        return self.personality.entity_id.format(**self.facts)


@dataclass(frozen=True)
class Delivery:
    """Where a response goes, and which question it answers; `request_id` is empty when nobody asked."""

    acs_url: str
    audience: str
    request_id: str
    at: datetime


def metadata(sender: Sender) -> bytes:
    saml = sender.personality.saml
    root_id = f"_{secrets.token_hex(16)}"
    root = etree.Element(f"{{{MD}}}EntityDescriptor", entityID=sender.entity_id, nsmap={"md": MD, "ds": DS})
    if saml.sign_metadata:  # Entra signs it, and tells WS-Federation first
        root.set("ID", root_id)
        _token_service(root, sender)
    role = etree.SubElement(root, f"{{{MD}}}IDPSSODescriptor", protocolSupportEnumeration=SAMLP)
    if not saml.sign_metadata:
        role.set("WantAuthnRequestsSigned", str(saml.wants_signed).lower())
    _key_descriptor(role, sender.key)
    etree.SubElement(role, f"{{{MD}}}NameIDFormat").text = saml.name_id_format
    for binding in saml.bindings:
        etree.SubElement(role, f"{{{MD}}}SingleSignOnService", Binding=f"{BINDING}{binding}", Location=sender.sso_url)
    if saml.sign_metadata:
        root = sign(root, root_id, sender.key, prefix=None, at=0)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def response(sender: Sender, delivery: Delivery, person: Mapping[str, str]) -> bytes:
    """`person` are the facts that NameID and claims are filled with."""
    saml = sender.personality.saml
    root, assertion_id = _response(sender, delivery)
    _assertion(root, assertion_id, sender, delivery, person)
    inclusive = "xs" if saml.typed_values else ""
    root = sign(root, assertion_id, sender.key, prefix=saml.signature_prefix, at=1, inclusive=inclusive)
    if saml.sign_response:
        root = sign(root, root.get("ID") or "", sender.key, prefix=saml.signature_prefix, at=1, inclusive=inclusive)
    return etree.tostring(root)


def _response(sender: Sender, delivery: Delivery) -> tuple[etree._Element, str]:
    saml = sender.personality.saml
    namespaces = {saml.protocol_prefix: SAMLP, "xs": XS} if saml.typed_values else {saml.protocol_prefix: SAMLP}
    root = etree.Element(f"{{{SAMLP}}}Response", _head(saml, delivery), nsmap=namespaces)
    root.set("Destination", delivery.acs_url)
    if delivery.request_id:
        root.set("InResponseTo", delivery.request_id)
    _issuer(root, sender)
    status = etree.SubElement(root, f"{{{SAMLP}}}Status")
    etree.SubElement(status, f"{{{SAMLP}}}StatusCode", Value=SUCCESS)
    return root, _new_id(saml)


def _assertion(root: etree._Element, id: str, sender: Sender, delivery: Delivery, person: Mapping[str, str]) -> None:
    saml = sender.personality.saml
    head = _head(saml, delivery) | {"ID": id}
    node = etree.SubElement(root, f"{{{SAML}}}Assertion", head, nsmap={saml.assertion_prefix: SAML})
    _issuer(node, sender)
    _subject(node, saml, delivery, person["user_name"])
    _conditions(node, saml, delivery)
    context = _statement(node, delivery)
    etree.SubElement(context, f"{{{SAML}}}AuthnContextClassRef").text = saml.context
    facts = {**sender.facts, **person, "entity_id": sender.entity_id}
    _attributes(node, saml, {claim.name: claim.source.format(**facts) for claim in saml.claims})


def _subject(assertion: etree._Element, saml: Saml, delivery: Delivery, user_name: str) -> None:
    subject = etree.SubElement(assertion, f"{{{SAML}}}Subject")
    etree.SubElement(subject, f"{{{SAML}}}NameID", Format=saml.name_id_format).text = user_name
    confirmation = etree.SubElement(subject, f"{{{SAML}}}SubjectConfirmation", Method=BEARER)
    data = etree.SubElement(
        confirmation,
        f"{{{SAML}}}SubjectConfirmationData",
        NotOnOrAfter=_stamp(delivery.at + timedelta(minutes=5)),
        Recipient=delivery.acs_url,
    )
    if delivery.request_id:
        data.set("InResponseTo", delivery.request_id)


def _conditions(assertion: etree._Element, saml: Saml, delivery: Delivery) -> None:
    start, end = delivery.at - timedelta(minutes=5), delivery.at + timedelta(minutes=saml.minutes)
    conditions = etree.SubElement(assertion, f"{{{SAML}}}Conditions", NotBefore=_stamp(start), NotOnOrAfter=_stamp(end))
    restriction = etree.SubElement(conditions, f"{{{SAML}}}AudienceRestriction")
    etree.SubElement(restriction, f"{{{SAML}}}Audience").text = delivery.audience


def _statement(assertion: etree._Element, delivery: Delivery) -> etree._Element:
    session = delivery.request_id or f"_{secrets.token_hex(16)}"
    statement = etree.SubElement(
        assertion, f"{{{SAML}}}AuthnStatement", AuthnInstant=_stamp(delivery.at), SessionIndex=session
    )
    return etree.SubElement(statement, f"{{{SAML}}}AuthnContext")


def _attributes(assertion: etree._Element, saml: Saml, claims: Mapping[str, str]) -> None:
    statement = etree.SubElement(assertion, f"{{{SAML}}}AttributeStatement")
    for name, text in claims.items():
        if not text:  # an IdP leaves out what a person does not have
            continue
        attribute = etree.SubElement(statement, f"{{{SAML}}}Attribute", Name=name)
        if saml.attribute_format:
            attribute.set("NameFormat", saml.attribute_format)
        value = etree.SubElement(
            attribute, f"{{{SAML}}}AttributeValue", nsmap={"xsi": XSI} if saml.typed_values else None
        )
        if saml.typed_values:
            value.set(f"{{{XSI}}}type", "xs:string")
        value.text = text


def _head(saml: Saml, delivery: Delivery) -> dict[str, str]:
    return {"ID": _new_id(saml), "Version": "2.0", "IssueInstant": _stamp(delivery.at)}


def _issuer(parent: etree._Element, sender: Sender) -> None:
    saml = sender.personality.saml
    issuer = etree.SubElement(parent, f"{{{SAML}}}Issuer", nsmap={saml.assertion_prefix: SAML})
    if saml.issuer_format:
        issuer.set("Format", saml.issuer_format)
    issuer.text = sender.entity_id


def _token_service(root: etree._Element, sender: Sender) -> None:
    role = etree.SubElement(
        root,
        f"{{{MD}}}RoleDescriptor",
        {f"{{{XSI}}}type": "fed:SecurityTokenServiceType"},
        nsmap={"xsi": XSI, "fed": FED},
    )
    role.set("protocolSupportEnumeration", FED)
    _key_descriptor(role, sender.key)


def _key_descriptor(role: etree._Element, key: KeyPair) -> None:
    descriptor = etree.SubElement(role, f"{{{MD}}}KeyDescriptor", use="signing")
    data = etree.SubElement(etree.SubElement(descriptor, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = key.bare_certificate


def metadata_url(personality: Personality, facts: Mapping[str, str], address: str) -> str:
    """Entra's carries the application's id; without it the real one is the tenant's document, with other keys."""
    query = personality.metadata_query.format(**facts)
    return f"{address}?{query}" if query else address


def _new_id(saml: Saml) -> str:
    return f"{saml.id_prefix}{secrets.token_hex(16)}"


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
