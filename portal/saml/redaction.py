"""A response as it may be kept and shown: no signature or cipher that could be used again, people's values masked."""

import copy
from typing import TypeAlias

from lxml import etree

from portal.saml import preflight
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import DS, ENCRYPTED_ASSERTION, SAML, XENC

Element: TypeAlias = etree._Element

_CUT = [f"{{{DS}}}SignatureValue", f"{{{DS}}}X509Certificate", f"{{{XENC}}}CipherValue"]
_MASKED = [f"{{{SAML}}}NameID", f"{{{SAML}}}AttributeValue"]


def redacted(encoded: str) -> str:
    """Pretty XML for support; of what cannot be read safely, only its size."""
    try:
        root = preflight.parse(preflight.decode(encoded))
    except ResponseRefused as refused:
        return f"[{len(encoded)} characters, not kept: {refused.problem.code}]"
    _cut(root)
    for node in root.iter(*_MASKED):
        for inner in node.iter():
            inner.text = mask(inner.text or "")
    etree.indent(root)
    return str(etree.tostring(root, encoding="unicode"))


def readable(response: Element, assertion: Element) -> str:
    """Pretty XML with people's values, decrypted, for the test's own report; still nothing that could be used again."""
    root = copy.deepcopy(response)
    for hidden in root.findall(ENCRYPTED_ASSERTION):
        root.replace(hidden, copy.deepcopy(assertion))
    _cut(root)
    etree.indent(root)
    return str(etree.tostring(root, encoding="unicode"))


def as_it_came(encoded: str) -> str:
    """The bytes of a response as text; nothing where there is nothing to read."""
    try:
        return preflight.decode(encoded).decode("utf-8", "replace")
    except ResponseRefused:
        return ""


def _cut(root: Element) -> None:
    for node in root.iter(*_CUT):
        node.text = "[…]"


def mask(text: str) -> str:
    """`ada@acme.example` becomes `a…@acme.example`; other values keep their first letter and length."""
    text = text.strip()
    name, at, domain = text.rpartition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"{text[:1]}… ({len(text)} characters)" if text else ""
