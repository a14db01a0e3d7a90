"""XML signatures: checked and made with xmlsec, which here opens no file and no address and knows few transforms."""

import threading

import xmlsec
from lxml import etree

from portal.saml import preflight
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import SIGNATURE

if xmlsec.get_libxml_version()[:2] != etree.LIBXML_VERSION[:2]:
    raise RuntimeError(
        f"lxml {etree.LIBXML_VERSION} and xmlsec {xmlsec.get_libxml_version()} carry different libxml2 versions: "
        "install the wheels of the lock file"
    )
xmlsec.cleanup_callbacks()  # from here on xmlsec reads no file and no address, whatever a document says

_CANONICALIZATIONS = (xmlsec.Transform.EXCL_C14N, xmlsec.Transform.EXCL_C14N_COMMENTS)
_DIGESTS = (xmlsec.Transform.SHA256, xmlsec.Transform.SHA384, xmlsec.Transform.SHA512)
_METHODS = (
    xmlsec.Transform.RSA_SHA256, xmlsec.Transform.RSA_SHA384, xmlsec.Transform.RSA_SHA512,
    xmlsec.Transform.ECDSA_SHA256, xmlsec.Transform.ECDSA_SHA384,
)  # fmt: skip
MOST_KEYS = 256
_kept = threading.local()
_BY_NAME = {method.href: method for method in _METHODS}


def verifies(signature: etree._Element, certificate: str) -> bool:
    """Whether this signature was made with this certificate's key; what the document says of keys is never looked at."""
    context = xmlsec.SignatureContext()
    for transform in (xmlsec.Transform.ENVELOPED, *_CANONICALIZATIONS, *_DIGESTS):
        context.enable_reference_transform(transform)
    for transform in (*_CANONICALIZATIONS, *_DIGESTS, *_METHODS):
        context.enable_signature_transform(transform)
    context.set_enabled_key_data([xmlsec.KeyData.X509])
    try:
        context.key = _key(certificate)
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


def any_verifies(signed: etree._Element, certificates: tuple[str, ...]) -> bool:
    """Whether one of the certificates made this element's own signature; only of shapes that passed the preflight."""
    try:
        preflight.check_signature(signed)
    except ResponseRefused:
        return False
    copied = etree.fromstring(etree.tostring(signed.getroottree()))
    xmlsec.tree.add_ids(copied, ["ID"])
    found = [node for node in copied.iter(SIGNATURE) if node.getparent().get("ID") == signed.get("ID")]
    return len(found) == 1 and any(verifies(found[0], certificate) for certificate in certificates)


def text_verifies(text: bytes, signature: bytes, algorithm: str, certificate: str) -> bool:
    """Whether the octets of a query were signed with this certificate's key (HTTP-Redirect binding)."""
    context = xmlsec.SignatureContext()
    try:
        context.key = _key(certificate)
        context.verify_binary(text, _BY_NAME[algorithm], signature)
    except (xmlsec.Error, KeyError):
        return False
    return True


def _key(certificate: str) -> xmlsec.Key:
    """Read once per thread; a context works on a copy of its own."""
    kept: dict[str, xmlsec.Key] = _kept.__dict__.setdefault("keys", {})
    if certificate not in kept:
        if len(kept) >= MOST_KEYS:
            kept.clear()
        kept[certificate] = xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_PEM, None)
    return kept[certificate]


def sign(message: etree._Element, private: str, certificate: str) -> etree._Element:
    """The message with an enveloped signature after its Issuer, read anew (nodes made by xmlsec hide from `find`)."""
    signature = xmlsec.template.create(message, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256, ns="ds")
    message.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=f"#{message.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    xmlsec.tree.add_ids(message, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(private, xmlsec.KeyFormat.PEM, None)
    context.key.load_cert_from_memory(certificate, xmlsec.KeyFormat.PEM)
    context.sign(signature)
    signed = etree.fromstring(etree.tostring(message))
    if signed.find(SIGNATURE) is None:
        raise RuntimeError("the message was not signed")
    return signed


def sign_text(text: bytes, private: str) -> bytes:
    """RSA-SHA256 over the octets of a query (HTTP-Redirect binding)."""
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(private, xmlsec.KeyFormat.PEM, None)
    return bytes(context.sign_binary(text, xmlsec.Transform.RSA_SHA256))
