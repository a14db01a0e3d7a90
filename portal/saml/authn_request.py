"""Our question to the IdP: one AuthnRequest, built as a tree so that nothing needs escaping."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from portal.saml.bindings import Message
from portal.saml.parties import ServiceProvider
from portal.saml.vocabulary import POST, SAML, SAMLP


@dataclass(frozen=True)
class Question:
    """What one AuthnRequest asks; `relay_state` is opaque to the IdP."""

    id: str
    relay_state: str
    at: datetime


def new_request_id() -> str:
    """An XML ID (it may not begin with a digit) of 160 random bits."""
    return f"_{secrets.token_hex(20)}"


def build(sp: ServiceProvider, question: Question) -> etree._Element:
    """No NameIDPolicy, and no RequestedAuthnContext unless the admin chose one: AD FS and Entra refuse what their admin did
    not configure."""
    request = etree.Element(
        f"{{{SAMLP}}}AuthnRequest",
        {
            "ID": question.id,
            "Version": "2.0",
            "IssueInstant": question.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": sp.sso_url,
            "AssertionConsumerServiceURL": sp.acs_url,
            "ProtocolBinding": POST,
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
    if sp.force_authn:
        request.set("ForceAuthn", "true")
    etree.SubElement(request, f"{{{SAML}}}Issuer").text = sp.entity_id
    if sp.authn_contexts:
        wanted = etree.SubElement(request, f"{{{SAMLP}}}RequestedAuthnContext", {"Comparison": "exact"})
        for context in sp.authn_contexts:
            etree.SubElement(wanted, f"{{{SAML}}}AuthnContextClassRef").text = context
    return request


def message(sp: ServiceProvider, question: Question, binding: str) -> Message:
    return Message("SAMLRequest", build(sp, question), sp.sso_url, binding, question.relay_state, sp.signing)
