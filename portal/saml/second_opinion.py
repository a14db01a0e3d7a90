"""A second verification of the same signatures, by code that shares nothing with the first: signxml canonicalizes with
lxml and verifies with cryptography, where the first asks libxmlsec. What it hands back is what was signed, read anew from
the very bytes whose digest was compared; identity is read from that and from nothing else."""

from dataclasses import replace
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from portal.saml.postchecks import Answer
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import ASSERTION, DIGEST_METHODS, ENCRYPTED_ASSERTION, SIGNATURE, SIGNATURE_METHODS

_CONFIGURATION = SignatureConfiguration(
    location="./",  # the signature is a child of what it signs
    expect_references=1,
    signature_methods=frozenset(map(SignatureMethod, SIGNATURE_METHODS)),
    digest_algorithms=frozenset(map(DigestAlgorithm, DIGEST_METHODS)),
    ignore_ambiguous_key_info=True,  # the key is the connection's; what the document says of keys is not looked at
)


def confirm(response: etree._Element, readable: etree._Element, certificates: tuple[str, ...]) -> Answer:
    """What of a response, and of the one assertion in it that can be read, somebody signed. The outermost signature covers
    all that is in plain sight; of what was encrypted it covers the cipher only, so the assertion's own counts there."""
    if response.find(SIGNATURE) is None:
        return Answer(response, verified(readable, certificates))
    confirmed = verified(response, certificates)
    return Answer(confirmed, _covered(response, confirmed, readable, certificates), signed=True)


def _covered(
    response: etree._Element, confirmed: etree._Element, readable: etree._Element, certificates: tuple[str, ...]
) -> etree._Element:
    """The assertion of a signed response. A cipher must be the very one that was opened."""
    cipher, opened = confirmed.find(ENCRYPTED_ASSERTION), response.find(ENCRYPTED_ASSERTION)
    if cipher is not None and opened is not None and _same(cipher, opened):
        return verified(readable, certificates) if readable.find(SIGNATURE) is not None else readable
    plain = confirmed.find(ASSERTION)
    if plain is None or opened is not None:
        raise ResponseRefused("signature", "second-opinion")
    return plain


def verified(signed: etree._Element, certificates: tuple[str, ...]) -> etree._Element:
    """The element its own signature vouches for, without that signature."""
    if signed.find(SIGNATURE) is None:
        raise ResponseRefused("signature", "unsigned")
    for certificate in certificates:
        if (found := _verify(signed, certificate)) is not None:
            if found.tag != signed.tag or found.get("ID") != signed.get("ID"):
                break
            return found
    raise ResponseRefused("signature", "second-opinion", got=str(signed.get("ID")))


def _verify(signed: etree._Element, certificate: str) -> etree._Element | None:
    known, configuration = _judged_by(certificate)
    try:
        found = XMLVerifier().verify(
            signed, x509_cert=known, expect_config=configuration, id_attribute="ID", validate_schema=False
        )
    except (
        SignXMLException,
        UnsupportedAlgorithm,
        etree.LxmlError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
    ):
        return None
    return None if isinstance(found, list) else found.signed_xml


def _same(one: etree._Element, other: etree._Element) -> bool:
    """Whether two elements say the same, to the octet of their canonical form."""
    first, second = (etree.tostring(node, method="c14n", exclusive=True) for node in (one, other))
    return bool(first == second)


@lru_cache(maxsize=512)
def _judged_by(pem: str) -> tuple[x509.Certificate, SignatureConfiguration]:
    """An expired certificate is a matter for notices, not for turning people away: it is judged as on its first day."""
    known = x509.load_pem_x509_certificate(pem.encode())
    return known, replace(_CONFIGURATION, verification_time=known.not_valid_before_utc)
