"""Hostile responses made by rule, class by class of facts/saml.md §4: each row of a table becomes a case."""

import base64
import copy
from functools import partial

from lxml import etree

from tests.saml.hostile import (
    ACS,
    CONDITIONS,
    DATA,
    DS,
    ENTITY,
    EVIL,
    INFO,
    NAME,
    NS,
    REFERENCE,
    SAML,
    SAMLP,
    Case,
    bytes_changed,
    changed,
    encrypted,
    find,
    honest,
    put,
)  # fmt: skip
from tests.saml.hostile.wrapping import append_forged, forged_in, honest_inside_forged, prepend_forged, same_id_twice
from tests.saml.idp import pair, sign

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XENC = NS["xenc"]
MD = "urn:oasis:names:tc:SAML:2.0:metadata"

SIGNATURE_METHODS = {
    "rsa-md5": MORE + "rsa-md5", "rsa-sha1": DS + "rsa-sha1", "rsa-sha224": MORE + "rsa-sha224", "dsa-sha1": DS + "dsa-sha1",
    "hmac-sha1": DS + "hmac-sha1", "hmac-sha256": MORE + "hmac-sha256", "ripemd160": MORE + "rsa-ripemd160",
    "ecdsa-sha1": MORE + "ecdsa-sha1", "nothing": "", "unknown": "urn:none",
    "rsa-sha256 with a blank": MORE + "rsa-sha256 ",
}  # fmt: skip
DIGESTS = {
    "md5": MORE + "md5", "sha1": DS + "sha1", "sha224": MORE + "sha224", "ripemd160": XENC + "ripemd160", "nothing": "",
}  # fmt: skip
TRANSFORMS = {
    "inclusive": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "inclusive 1.1": "http://www.w3.org/2006/12/xml-c14n11",
    "2.0": "http://www.w3.org/2010/xml-c14n2", "base64": DS + "base64", "XPath filter": "http://www.w3.org/2002/06/xmldsig-filter2",
    "XPointer": "http://www.w3.org/2001/04/xmldsig-more/xptr", "nothing": "",
    "decryption": "http://www.w3.org/2002/07/decrypt#XML",
}  # fmt: skip
URIS = [
    "_assertion", "# _assertion", "#_assertion ", "#_response", "#xpointer(id('_assertion'))", "#element(/1)", "cid:a",
    "http://127.0.0.1/", "https://169.254.169.254/latest/meta-data", "file:///dev/zero", "data:text/xml,<a/>", "//x", "#",
]  # fmt: skip
TRANSPORTS = {
    "rsa-1_5": XENC + "rsa-1_5", "AES key wrap": XENC + "kw-aes128", "nothing": "", "unknown": "urn:none",
    "Diffie-Hellman": XENC + "dh",
}  # fmt: skip
CIPHERS = {
    "3DES": XENC + "tripledes-cbc", "aes128-cbc": XENC + "aes128-cbc", "aes256-cbc": XENC + "aes256-cbc", "nothing": "",
    "Camellia": MORE + "camellia128-cbc",
}  # fmt: skip
TIMES = [
    "", "now", "2026-11-24", "2026-11-24T12:05:00", "2026-11-24T12:05:00+00:00", "2026-11-24T12:05:00z",
    "2026-11-24 12:05:00Z", "9999999999", "2026-13-01T00:00:00Z", "2026-11-24T25:00:00Z", "-2026-11-24T12:05:00Z",
    "2026-11-24T12:05:00Z\N{ZERO WIDTH SPACE}", "٢٠٢٦-11-24T12:05:00Z",
]  # fmt: skip
OTHER_ADDRESSES = {
    "a slash more": ACS + "/", "upper case": ACS.upper(), "a port": ACS.replace(".example/", ".example:443/"),
    "a query": ACS + "?a=1", "a fragment": ACS + "#a", "a user": ACS.replace("//", "//front.example@"),
    "an encoded slash": ACS.replace("/acs", "%2Facs"), "http": ACS.replace("https", "http"), "a blank": ACS + " ",
    "a full stop": ACS.replace(".example", ".example."), "another connection": ACS.replace("0190", "0191"),
}  # fmt: skip
OTHER_NAMES = {
    "a slash more": ENTITY + "/", "upper case": ENTITY.upper(), "another connection": ENTITY.replace("0190", "0191"),
    "only its beginning": ENTITY[:-1],
}  # fmt: skip
ISSUERS = {
    "a slash more": "https://idp.example/saml/", "upper case": "https://IDP.example/saml", "a blank": " https://idp.example/saml",
    "nothing": "", "a path more": "https://idp.example/saml2",
}  # fmt: skip
ENCODINGS = ["utf-16-le", "utf-16-be", "utf-32", "cp037", "utf-7"]
WRAPS = {
    "forged first": prepend_forged, "forged last": append_forged, "honest inside forged": honest_inside_forged,
    "the same ID": same_id_twice, "in Extensions": forged_in(f"{{{SAMLP}}}Extensions"),
    "in StatusDetail": forged_in(f"{{{SAMLP}}}StatusDetail"), "in Advice": forged_in(f"{{{SAML}}}Advice"),
    "in a Signature's Object": forged_in(f"{{{DS}}}Object"), "in an unknown element": forged_in("{urn:x}Holder"),
}  # fmt: skip
SIGNED = {"assertion": ("assertion",), "response": ("response",), "both": ("assertion", "response")}


def cases() -> list[Case]:
    return [*wrapping(), *signatures(), *encryption(), *contents(), *lent(), *encodings()]


def wrapping() -> list[Case]:
    """XSW in every shape of signing, also where the assertion is encrypted and the forged one is not."""
    return [
        Case(f"wrapped: {what}, {how} signed", "xml signature", "one-assertion duplicate-id foreign-element",
             changed(sign=sign, after=wrap))
        for what, wrap in WRAPS.items()
        for how, sign in SIGNED.items()
    ] + [
        Case(f"a forged assertion beside the encrypted one, {how} signed", "xml", "one-assertion",
             encrypted(sign=sign, after=forged_beside))
        for how, sign in SIGNED.items()
    ]  # fmt: skip


def forged_beside(root: etree._Element) -> None:
    forged = find(etree.fromstring(honest(sign=(), name_id=EVIL, assertion_id="_evil").xml()), "saml:Assertion")
    root.append(forged)


def signatures() -> list[Case]:
    method, digest = f"{INFO}/ds:SignatureMethod", f"{REFERENCE}/ds:DigestMethod"
    return [
        *(Case(f"signature method {name}", "algorithm", "algorithm-not-allowed", changed(after=put(method, "Algorithm", uri)))
          for name, uri in SIGNATURE_METHODS.items()),
        *(Case(f"digest {name}", "algorithm", "algorithm-not-allowed", changed(after=put(digest, "Algorithm", uri)))
          for name, uri in DIGESTS.items()),
        *(Case(f"transform {name}", "signature", "signature-not-allowed", changed(after=partial(second_transform, uri=uri)))
          for name, uri in TRANSFORMS.items()),
        *(Case(f"canonicalization {name}", "signature", "signature-not-allowed",
               changed(after=put(f"{INFO}/ds:CanonicalizationMethod", "Algorithm", uri)))
          for name, uri in TRANSFORMS.items()),
        *(Case(f"Reference to {uri!r}", "signature", "reference", changed(after=put(REFERENCE, "URI", uri))) for uri in URIS),
        Case("our own key signs", "signature", "library", changed(key=pair("sp"))),
        Case("a key of another kind", "signature", "library", changed(key=pair("ec", kind="ec"), method="ECDSA_SHA256")),
        Case("the digest of nothing", "signature", "library", changed(after=empty(f"{REFERENCE}/ds:DigestValue"))),
        Case("the signature of nothing", "signature", "library",
             changed(after=empty("saml:Assertion/ds:Signature/ds:SignatureValue"))),
        Case("the key named in the document", "signature", "library", changed(key=pair("mallory"), after=key_value)),
    ]  # fmt: skip


def second_transform(root: etree._Element, *, uri: str) -> None:
    find(root, f"{REFERENCE}/ds:Transforms")[1].set("Algorithm", uri)


def empty(path: str):
    return lambda root: setattr(find(root, path), "text", "")


def key_value(root: etree._Element) -> None:
    info = find(root, "saml:Assertion/ds:Signature/ds:KeyInfo")
    value = etree.SubElement(etree.SubElement(info, f"{{{DS}}}KeyValue"), f"{{{DS}}}RSAKeyValue")
    etree.SubElement(value, f"{{{DS}}}Modulus").text = "AQAB"
    etree.SubElement(value, f"{{{DS}}}Exponent").text = "AQAB"


def encryption() -> list[Case]:
    data = "saml:EncryptedAssertion/xenc:EncryptedData"
    key = f"{data}/ds:KeyInfo/xenc:EncryptedKey"
    refused = partial(Case, check="encryption", codes="encryption-not-allowed")
    return [
        *(refused(f"key transport {name}", make=encrypted(after=put(f"{key}/xenc:EncryptionMethod", "Algorithm", uri)))
          for name, uri in TRANSPORTS.items()),
        *(refused(f"cipher {name}", make=encrypted(after=put(f"{data}/xenc:EncryptionMethod", "Algorithm", uri)))
          for name, uri in CIPHERS.items()),
        Case("cipher changed, assertion signed", "encryption", "no-key library", encrypted(after=partial(flip, path=data))),
        Case("wrapped key changed", "encryption", "no-key library", encrypted(after=partial(flip, path=key))),
        Case("cipher changed, response signed", "encryption signature", "no-key library",
             encrypted(sign=("response",), after=partial(flip, path=data))),
        Case("the response's signature over another cipher", "signature", "library", cipher_of_another),
        Case("an empty cipher", "encryption xml", "no-key library",
             encrypted(after=empty(f"{data}/xenc:CipherData/xenc:CipherValue"))),
    ]  # fmt: skip


def flip(root: etree._Element, *, path: str) -> None:
    value = find(root, f"{path}/xenc:CipherData/xenc:CipherValue")
    raw = bytearray(base64.b64decode(value.text))
    raw[-1] ^= 1
    value.text = base64.b64encode(bytes(raw)).decode()


def cipher_of_another() -> str:
    """Another honest cipher for us, of another person, under the signature of the first response."""
    options = {"encrypt_for": pair("sp").certificate, "sign": ("response",)}
    root, other = (etree.fromstring(honest(**options, name_id=name).xml()) for name in ("ada@acme.example", EVIL))
    holder = find(root, "saml:EncryptedAssertion")
    root.replace(holder, find(other, "saml:EncryptedAssertion"))
    return base64.b64encode(etree.tostring(root)).decode()


def contents() -> list[Case]:
    addressed = partial(Case, check="destination", codes="destination recipient library")
    return [
        *(addressed(f"destination with {name}", make=changed(before=put(".", "Destination", other)))
          for name, other in OTHER_ADDRESSES.items()),
        *(addressed(f"recipient with {name}", make=changed(before=put(DATA, "Recipient", other)))
          for name, other in OTHER_ADDRESSES.items()),
        *(Case(f"audience with {name}", "audience", "audience library", changed(audience=other))
          for name, other in OTHER_NAMES.items()),
        *(Case(f"issuer with {name}", "issuer", "issuer library", changed(issuer=other)) for name, other in ISSUERS.items()),
        *(Case(f"end of validity {time!r}", "time xml", "not-a-time library too-late",
               changed(before=put(CONDITIONS, "NotOnOrAfter", time))) for time in TIMES),
        *(Case(f"end of confirmation {time!r}", "time xml destination", "not-a-time library too-late",
               changed(before=put(DATA, "NotOnOrAfter", time))) for time in TIMES),
        *(Case(f"InResponseTo {other!r}", "answer-to-our-question xml", "in-response-to library", changed(request_id=other))
          for other in ("", "_ASKED", "_aske", "_asked_", "_asked _other")),
        *(Case(f"a name with {name}", "subject xml", "bad-name-id not-well-formed library", changed(name_id=other))
          for name, other in {"an end of line": "ada&#10;x", "an override": "ada&#x202E;x",
                              "a line separator": "ada&#x2028;x"}.items()),
        Case("an encrypted name", "xml", "forbidden-element", changed(before=rename(NAME, "EncryptedID"))),
        Case("a name holding an element", "xml subject", "foreign-element no-name-id library",
             changed(before=lambda root: find(root, NAME).append(etree.Element("{urn:x}a")))),
    ]  # fmt: skip


def rename(path: str, name: str):
    return lambda root: setattr(find(root, path), "tag", f"{{{SAML}}}{name}")


def lent() -> list[Case]:
    """A true signature of the IdP, over something else (PortSwigger's “fragile lock”, samlify #634)."""
    return [
        Case(f"the signature of {what}", "signature xml", "reference library", partial(with_signature_of, message))
        for what, message in {
            "its metadata": f'<md:EntityDescriptor xmlns:md="{MD}" ID="_lent" entityID="x"><a/></md:EntityDescriptor>',
            "a logout request": f'<p:LogoutRequest xmlns:p="{SAMLP}" ID="_lent" Version="2.0"><a/></p:LogoutRequest>',
            "a failed response": f'<p:Response xmlns:p="{SAMLP}" ID="_lent" Version="2.0"><a/></p:Response>',
            "an assertion of before": f'<s:Assertion xmlns:s="{SAML}" ID="_assertion" Version="2.0"><a/></s:Assertion>',
        }.items()
    ] + [
        Case("its signed metadata around the answer", "xml", "not-a-response", inside_metadata),
    ]  # fmt: skip


def with_signature_of(message: str) -> str:
    signed = sign(etree.fromstring(message), ".")
    root = etree.fromstring(honest(sign=(), name_id=EVIL).xml())
    find(root, "saml:Assertion").insert(1, copy.deepcopy(signed.find("ds:Signature", NS)))
    return base64.b64encode(etree.tostring(root)).decode()


def inside_metadata() -> str:
    root = etree.fromstring(
        f'<md:EntityDescriptor xmlns:md="{MD}" ID="_lent" entityID="x"><md:Extensions/></md:EntityDescriptor>'
    )
    root[0].append(etree.fromstring(honest().xml()))
    return base64.b64encode(etree.tostring(sign(root, "."))).decode()


def encodings() -> list[Case]:
    return [
        Case(f"in {name}", "xml signature", "dtd-or-encoding not-well-formed library",
             bytes_changed(lambda raw, name=name: f'<?xml version="1.0" encoding="{name}"?>{raw.decode()}'.encode(name)))
        for name in ENCODINGS
    ]  # fmt: skip
