"""An IdP for tests: real keys, real XML signatures, and hooks to go wrong in every way."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
NS = {"saml": SAML, "samlp": SAMLP, "ds": DS, "xenc": "http://www.w3.org/2001/04/xmlenc#"}
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

Change = Callable[[etree._Element], object]


@dataclass(frozen=True)
class Pair:
    """A private key and its certificate, PEM."""

    private: str
    certificate: str


@cache
def pair(
    name: str = "idp", *, kind: str = "rsa", days: int = 3650, since: datetime = NOW - timedelta(days=100)
) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, bits(kind))
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(since).not_valid_after(since + timedelta(days=days))
    certificate = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(private.decode(), certificate.public_bytes(Encoding.PEM).decode())


def bits(kind: str) -> int:
    return int(kind.removeprefix("rsa") or 2048)


@dataclass
class Reply:
    """Everything a response says; tests change what they need."""

    acs_url: str
    audience: str
    request_id: str | None
    issuer: str = "https://idp.example/saml"
    name_id: str = "ada@acme.example"
    name_format: str = EMAIL
    attributes: list[tuple[str, tuple[str, ...]]] = field(default_factory=lambda: [("email", ("ada@acme.example",))])
    at: datetime = NOW
    response_id: str = "_response"
    assertion_id: str = "_assertion"
    sign: tuple[str, ...] = ("assertion",)
    key: Pair = field(default_factory=pair)
    method: str = "RSA_SHA256"
    digest: str = "SHA256"
    prefix: str | None = "ds"
    session_end: str = ""
    encrypt_for: str = ""
    cipher: str = "AES128_GCM"
    before: Change | None = None  # before anything is signed
    after: Change | None = None  # after everything is signed
    inside: Change | None = None  # after the assertion is signed, before it is encrypted

    def encoded(self) -> str:
        return base64.b64encode(self.xml()).decode()

    def xml(self) -> bytes:
        root = etree.fromstring(self._text().encode())
        if self.before:
            self.before(root)
        if "assertion" in self.sign:
            root = self._signed(root, "saml:Assertion")
        if self.inside:
            self.inside(root)
        if self.encrypt_for:
            root = self._encrypted(root)
        if "response" in self.sign:
            root = self._signed(root, ".")
        if self.after:
            self.after(root)
        return etree.tostring(root)

    def _signed(self, root: etree._Element, path: str) -> etree._Element:
        return sign(root, path, key=self.key, method=self.method, digest=self.digest, prefix=self.prefix)

    def _encrypted(self, root: etree._Element) -> etree._Element:
        return encrypt(root, self.encrypt_for, self.cipher)

    def _text(self) -> str:
        answers = f' InResponseTo="{self.request_id}"' if self.request_id else ""
        start, end = stamp(self.at - timedelta(minutes=5)), stamp(self.at + timedelta(minutes=5))
        session = f' SessionNotOnOrAfter="{self.session_end}"' if self.session_end else ""
        return f"""<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 ID="{self.response_id}" Version="2.0"
 IssueInstant="{stamp(self.at)}" Destination="{self.acs_url}"{answers}><saml:Issuer>{self.issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
<saml:Assertion ID="{self.assertion_id}" Version="2.0" IssueInstant="{stamp(self.at)}"><saml:Issuer>{self.issuer}</saml:Issuer>
<saml:Subject><saml:NameID Format="{self.name_format}">{self.name_id}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 NotOnOrAfter="{end}" Recipient="{self.acs_url}"{answers}/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestriction><saml:Audience>{self.audience}</saml:Audience>
</saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{stamp(self.at)}" SessionIndex="_session"{session}><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement>{self._attributes()}</saml:Assertion></samlp:Response>"""

    def _attributes(self) -> str:
        rows = "".join(
            f'<saml:Attribute Name="{name}">'
            + "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
            + "</saml:Attribute>"
            for name, values in self.attributes
        )
        return f"<saml:AttributeStatement>{rows}</saml:AttributeStatement>" if rows else ""


def encrypt(root: etree._Element, certificate: str, cipher: str) -> etree._Element:
    """The response with its assertion encrypted for the holder of `certificate`."""
    assertion = root.find("saml:Assertion", NS)
    holder = etree.Element(f"{{{SAML}}}EncryptedAssertion", nsmap={"saml": SAML})
    root.replace(assertion, holder)
    lonely = etree.fromstring(etree.tostring(assertion, with_tail=False))
    template = xmlsec.template.encrypted_data_create(
        holder, getattr(xmlsec.Transform, cipher), type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
    key = xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_PEM, None))
    context = xmlsec.EncryptionContext(manager)
    size = 256 if "256" in cipher else 128
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, size, xmlsec.KeyDataType.SESSION)
    holder.append(context.encrypt_xml(template, lonely))
    return etree.fromstring(etree.tostring(root))


def sign(root, path, *, key=None, method="RSA_SHA256", digest="SHA256", prefix="ds", transforms=None, inclusive=()):
    """Sign the element at `path` in place; the tree that comes back was read anew."""
    key = key or pair()
    node = root if path == "." else root.find(path, NS)
    template = xmlsec.template.create(node, xmlsec.Transform.EXCL_C14N, getattr(xmlsec.Transform, method), ns=prefix)
    node.insert(1, template)
    reference = xmlsec.template.add_reference(template, getattr(xmlsec.Transform, digest), uri=f"#{node.get('ID')}")
    for transform in transforms or ("ENVELOPED", "EXCL_C14N"):
        made = xmlsec.template.add_transform(reference, getattr(xmlsec.Transform, transform))
        if inclusive and transform == "EXCL_C14N":
            xmlsec.template.transform_add_c14n_inclusive_namespaces(made, list(inclusive))
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key.private, xmlsec.KeyFormat.PEM, None)
    context.key.load_cert_from_memory(key.certificate, xmlsec.KeyFormat.PEM)
    context.sign(template)
    return etree.fromstring(etree.tostring(root))


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
