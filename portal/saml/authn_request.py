"""Our question to the IdP: one AuthnRequest, by HTTP-Redirect or HTTP-POST, built as a tree so that nothing needs escaping."""

import base64
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from lxml import etree

from portal.saml import signatures
from portal.saml.sp import ServiceProvider
from portal.saml.vocabulary import POST, RSA_SHA256, SAML, SAMLP


@dataclass(frozen=True)
class Question:
    """What one AuthnRequest asks; `relay_state` is opaque to the IdP."""

    id: str
    relay_state: str
    at: datetime
    force: bool = False


def new_request_id() -> str:
    """An XML ID (it may not begin with a digit) of 160 random bits."""
    return f"_{secrets.token_hex(20)}"


def build(sp: ServiceProvider, question: Question) -> etree._Element:
    """No NameIDPolicy and no RequestedAuthnContext: AD FS and Entra refuse what their admin did not configure."""
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
    if question.force:
        request.set("ForceAuthn", "true")
    etree.SubElement(request, f"{{{SAML}}}Issuer").text = sp.entity_id
    return request


def redirect_url(sp: ServiceProvider, question: Question) -> str:
    """SAML bindings §3.4.4.1: deflated, in the query, the signature over the octets of that query."""
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(etree.tostring(build(sp, question))) + deflate.flush()
    fields = {"SAMLRequest": base64.b64encode(packed).decode(), "RelayState": question.relay_state}
    query = urlencode(fields | ({"SigAlg": RSA_SHA256} if sp.signing else {}))
    if sp.signing:
        signature = signatures.sign_text(query.encode(), sp.signing.private)
        query += "&" + urlencode({"Signature": base64.b64encode(signature).decode()})
    parts = urlsplit(sp.sso_url)
    return parts._replace(query=f"{parts.query}&{query}" if parts.query else query, fragment="").geturl()


def post_fields(sp: ServiceProvider, question: Question) -> dict[str, str]:
    """SAML bindings §3.5.4: the fields of the form that takes the browser to the IdP."""
    request = build(sp, question)
    if sp.signing:
        request = signatures.sign(request, sp.signing.private, sp.signing.certificate)
    return {"SAMLRequest": base64.b64encode(etree.tostring(request)).decode(), "RelayState": question.relay_state}
