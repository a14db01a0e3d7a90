"""A response as it may be kept and shown: no signature or cipher that could be used again, people's values masked."""

from lxml import etree

from portal.saml import preflight
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import DS, SAML, XENC

_CUT = [f"{{{DS}}}SignatureValue", f"{{{DS}}}X509Certificate", f"{{{XENC}}}CipherValue"]
_MASKED = [f"{{{SAML}}}NameID", f"{{{SAML}}}AttributeValue"]


def redacted(encoded: str) -> str:
    """Pretty XML for support; of what cannot be read safely, only its size."""
    try:
        root = preflight.parse(preflight.decode(encoded))
    except ResponseRefused as refused:
        return f"[{len(encoded)} characters, not kept: {refused.problem.code}]"
    for node in root.iter(*_CUT):
        node.text = "[…]"
    for node in root.iter(*_MASKED):
        for inner in node.iter():
            inner.text = mask(inner.text or "")
    etree.indent(root)
    return str(etree.tostring(root, encoding="unicode"))


def mask(text: str) -> str:
    """`ada@acme.example` becomes `a…@acme.example`; other values keep their first letter and length."""
    text = text.strip()
    name, at, domain = text.rpartition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"{text[:1]}… ({len(text)} characters)" if text else ""
