"""Certificates of IdPs: read from whatever was pasted, normalised to one PEM each, and judged."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from portal.web.findings import Finding, Level
from portal.words import _, _l, day, ngettext

MOST = 16
SOON = timedelta(days=30)
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


class UnreadableCertificate(Exception):
    """`str()` says why, in words for people."""


@dataclass(frozen=True)
class Certificate:
    pem: str
    subject: str
    fingerprint: str
    not_before: datetime
    not_after: datetime
    key: str
    strong: bool
    signed_with_sha1: bool = False

    @property
    def tail(self) -> str:
        """What people compare by eye: the last four bytes."""
        return self.fingerprint[-11:]


def read(text: str) -> tuple[Certificate, ...]:
    """Every certificate in a PEM text or in one bare base64; each once."""
    blocks = _BLOCK.findall(text)
    if any("PRIVATE KEY" in label for label, _body in blocks):
        raise UnreadableCertificate(_l("This is a private key. Keep it secret, and paste the certificate instead."))
    bodies = [body for label, body in blocks if label in ("CERTIFICATE", "X509 CERTIFICATE")] if blocks else [text]
    if not bodies:
        raise UnreadableCertificate(
            _l("There is no certificate in this text. It begins with -----BEGIN CERTIFICATE-----.")
        )
    found = {certificate.fingerprint: certificate for certificate in map(_parse, bodies[:MOST])}
    return tuple(found.values())


def looks_like_one(text: str) -> bool:
    bare = re.sub(r"\s", "", text)
    return "-----BEGIN" in text or re.fullmatch(r"MII[A-Za-z0-9+/]{200,}={0,2}", bare) is not None


def findings(certificates: tuple[Certificate, ...], at: datetime) -> list[Finding]:
    found = [finding for certificate in certificates for finding in _judge(certificate, at)]
    if len(certificates) > 1:
        words = ngettext(
            "There are %(num)s signing certificates. All are kept; an answer signed with any of them counts.",
            "There are %(num)s signing certificates. All are kept; an answer signed with any of them counts.",
            len(certificates),
        )
        found.append(Finding(Level.INFO, "several-certificates", words))
    return found


def _judge(certificate: Certificate, at: datetime) -> list[Finding]:
    found, until = [], day(certificate.not_after)
    if certificate.not_after <= at:
        words = _(
            "The certificate …%(tail)s expired on %(until)s. Sign-ins still work, but renew it soon.",
            tail=certificate.tail,
            until=until,
        )
        found.append(
            Finding(Level.WARNING, "certificate-expired", words, _("Make a new certificate in the identity provider."))
        )
    elif certificate.not_after <= at + SOON:
        words = _("The certificate …%(tail)s expires on %(until)s.", tail=certificate.tail, until=until)
        found.append(
            Finding(Level.WARNING, "certificate-expires-soon", words, _("Renew it now, while both can be active."))
        )
    if certificate.not_before > at:
        words = _(
            "The certificate …%(tail)s is valid only from %(not_before)s on.",
            tail=certificate.tail,
            not_before=day(certificate.not_before),
        )
        found.append(Finding(Level.INFO, "certificate-not-yet", words))
    if certificate.signed_with_sha1:
        words = _(
            "The certificate …%(tail)s was made with SHA-1. Sign-ins do not rely on that; only the key counts.",
            tail=certificate.tail,
        )
        found.append(Finding(Level.INFO, "sha1-certificate", words, _("When you renew it, choose SHA-256.")))
    if not certificate.strong:
        words = _("The key of certificate …%(tail)s is weak (%(key)s).", tail=certificate.tail, key=certificate.key)
        found.append(
            Finding(Level.WARNING, "weak-key", words, _("Make a certificate with an RSA key of 2048 bits or more."))
        )
    return found


def _parse(body: str) -> Certificate:
    try:
        der = base64.b64decode(re.sub(r"\s", "", body), validate=True)
        parsed = x509.load_der_x509_certificate(der)
        key, strong = _key(parsed)
        subject = parsed.subject.rfc4514_string()
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        words = _(
            "The certificate cannot be read. Copy it again, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----."
        )
        raise UnreadableCertificate(words) from None
    return Certificate(
        pem=parsed.public_bytes(Encoding.PEM).decode(),
        subject=subject[:200],
        fingerprint=parsed.fingerprint(hashes.SHA256()).hex(":").upper(),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=key,
        strong=strong,
        signed_with_sha1=isinstance(parsed.signature_hash_algorithm, hashes.SHA1),
    )


def _key(certificate: x509.Certificate) -> tuple[str, bool]:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}", key.key_size >= 2048
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}", key.key_size >= 256
    raise UnreadableCertificate(_l("Only certificates with an RSA or elliptic-curve key can sign sign-ins."))
