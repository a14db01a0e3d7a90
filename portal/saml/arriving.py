"""A signed message of an IdP that is no sign-in: by HTTP-Redirect or HTTP-POST, and nothing of it is read before one of the
connection's certificates made its signature."""

import base64
import binascii
import zlib
from dataclasses import dataclass
from urllib.parse import unquote_plus

from lxml import etree

from portal.saml import preflight, schemas, second_opinion, signatures, sp
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import SIGNATURE, SIGNATURE_METHODS

MAX_INFLATED = 100_000
MAX_RELAY_STATE = 1_024
FIELDS = ("SAMLRequest", "SAMLResponse")
_NAMES = (*FIELDS, "RelayState", "SigAlg", "Signature")


@dataclass(frozen=True)
class Arrived:
    """`tree` is what was signed; `encoded` is the whole message, for the record only."""

    tree: etree._Element
    relay_state: str
    encoded: str


def by_redirect(query: bytes, certificates: tuple[str, ...]) -> Arrived:
    """SAML bindings §3.4.4.1: the signature is over the octets of the query as they came, in this order."""
    raw = _once(query)
    field = _one_message(raw)
    if not raw.get("Signature") or not raw.get("SigAlg"):
        raise ResponseRefused("signature", "logout-unsigned")
    algorithm, signature = unquote_plus(raw["SigAlg"]), _decoded(unquote_plus(raw["Signature"]))
    if algorithm not in SIGNATURE_METHODS:
        raise ResponseRefused("algorithm", "algorithm-not-allowed", got=algorithm)
    signed = "&".join(f"{name}={raw[name]}" for name in (field, "RelayState", "SigAlg") if name in raw).encode()
    if not any(signatures.text_verifies(signed, signature, algorithm, one) for one in certificates):
        raise ResponseRefused("signature", "no-certificate-fits")
    inflated = _inflated(_decoded(unquote_plus(raw[field])))
    relay_state = unquote_plus(raw.get("RelayState", ""))
    return Arrived(_read(inflated), _short(relay_state), base64.b64encode(inflated).decode())


def by_post(form: dict[str, str], certificates: tuple[str, ...]) -> Arrived:
    """SAML bindings §3.5.4: the signature is inside, and what is read is the element it vouches for."""
    encoded = form[_one_message(form)]
    tree = _read(preflight.decode(encoded))
    if tree.find(SIGNATURE) is None:
        raise ResponseRefused("signature", "logout-unsigned")
    if not signatures.any_verifies(tree, certificates):
        raise ResponseRefused("signature", "no-certificate-fits")
    return Arrived(second_opinion.verified(tree, certificates), _short(form.get("RelayState", "")), encoded)


def _once(query: bytes) -> dict[str, str]:
    """Each name once: two of a kind could mean one thing to the signature and another to us."""
    found: dict[str, str] = {}
    for pair in query.decode("ascii", "replace").split("&"):
        name, _, value = pair.partition("=")
        if unquote_plus(name) in _NAMES:
            if name in found or name not in _NAMES:
                raise ResponseRefused("xml", "repeated-parameter", got=name)
            found[name] = value
    return found


def _one_message(fields: dict[str, str]) -> str:
    present = [name for name in FIELDS if fields.get(name)]
    if len(present) != 1:
        raise ResponseRefused("came-back", "no-message")
    return present[0]


def _read(raw: bytes) -> etree._Element:
    tree = preflight.parse(raw)
    preflight.check_ids(tree)
    if len(list(tree.iter(SIGNATURE))) > 1 or not schemas.valid(tree, sp.PROTOCOL_SCHEMA):
        raise ResponseRefused("xml", "not-valid", got=str(tree.tag))
    return tree


def _inflated(packed: bytes) -> bytes:
    """Held to its size while it unpacks: a few kilobytes can be made to say gigabytes (CVE-2025-25293)."""
    inflate = zlib.decompressobj(wbits=-15)
    try:
        raw = inflate.decompress(packed, MAX_INFLATED)
    except zlib.error:
        raise ResponseRefused("xml", "not-deflated") from None
    if inflate.unconsumed_tail or not inflate.eof:
        raise ResponseRefused("xml", "too-large", expected=f"{MAX_INFLATED} bytes")
    return raw


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ResponseRefused("xml", "not-base64") from None


def _short(relay_state: str) -> str:
    if len(relay_state) > MAX_RELAY_STATE:
        raise ResponseRefused("xml", "too-large", got="RelayState")
    return relay_state
