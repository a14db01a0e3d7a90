"""Reading what an admin gives us of their IdP: metadata XML, a certificate, an address; with findings in words."""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import urlsplit

from lxml import etree

from portal.models import SamlConfiguration
from portal.models.base import now
from portal.saml import certificates
from portal.saml.certificates import Certificate, UnreadableCertificate
from portal.saml.vocabulary import MD, NAMESPACES, POST, REDIRECT, SAMLP
from portal.settings import current
from portal.web.fetch import NotFetched, fetch
from portal.web.findings import Finding, Level
from portal.words import _, _l, day, ngettext
from wizards import facts

MAX_CHARACTERS = 1_048_576
MAX_ENTITIES = 50
_HTML = re.compile(r"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_LOGIN = re.compile(r"type\s*=\s*[\"']?password|\b(sign|log)[ -]?(in|on)\b", re.IGNORECASE)
_NO_LOGIN = _l("Metadata opens without a login: copy its own address, not that of the console, or upload the file.")
Element: TypeAlias = etree._Element


@dataclass(frozen=True)
class Logout:
    """Where single logout goes; empty where it is not offered."""

    url: str = ""
    response_url: str = ""
    binding: str = REDIRECT


@dataclass(frozen=True)
class IdpMetadata:
    entity_id: str
    sso_url: str
    sso_binding: str
    certificates: tuple[Certificate, ...]
    wants_signed_requests: bool = False
    idp: str = ""
    slo: Logout = Logout()

    def configuration(self, metadata_url: str = "") -> SamlConfiguration:
        pems = tuple(certificate.pem for certificate in self.certificates)
        return SamlConfiguration(
            self.entity_id, self.sso_url, pems, sso_binding=self.sso_binding, sign_requests=self.wants_signed_requests,
            metadata_url=metadata_url, slo_url=self.slo.url, slo_response_url=self.slo.response_url,
            slo_binding=self.slo.binding,
        )  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """`metadata` is None when it cannot be used; `url` is set when what was pasted is an address to fetch, `certificates`
    when it is only certificates, `choices` when there are several IdPs and one must be chosen."""

    metadata: IdpMetadata | None = None
    findings: tuple[Finding, ...] = ()
    url: str = ""
    certificates: tuple[Certificate, ...] = ()
    choices: tuple[str, ...] = ()


class _Unusable(Exception):
    def __init__(self, code: str, words: str, fix: str = "") -> None:
        self.finding = Finding(Level.ERROR, code, words, fix)
        super().__init__(words)


def read(text: str, *, choose: str = "") -> Reading:
    """The smart paste box (wizards.md §2.4 step 3): says what it was given, and what is wrong with it."""
    text = text.lstrip("\ufeff").strip()
    try:
        if re.match(r"https?://\S+$", text):
            return Reading(url=text)
        if certificates.looks_like_one(text):
            found = certificates.read(text)
            return Reading(certificates=found, findings=tuple(certificates.findings(found, now())))
        return _read_xml(_parse(text), choose)
    except _Unusable as problem:
        return Reading(findings=(problem.finding,))
    except UnreadableCertificate as problem:
        return Reading(findings=(Finding(Level.ERROR, "bad-certificate", str(problem)),))


def read_address(url: str, *, choose: str = "") -> Reading:
    """Fetch the address behind the guard, and read what is there; a failure is a finding too."""
    try:
        fetched = fetch(url)
    except NotFetched as problem:
        return Reading(findings=(Finding(Level.ERROR, problem.code, str(problem)),), url=url)
    reading = read(fetched.text, choose=choose)
    if reading.url:
        return Reading(
            findings=(Finding(Level.ERROR, "not-metadata", _("The address holds another address, not metadata.")),)
        )
    return replace(reading, url=url)


def by_hand(entity_id: str, sso_url: str, certificate: str, *, binding: str = REDIRECT) -> Reading:
    """The same reading from three fields."""
    try:
        if not entity_id.strip() or len(entity_id) > 1024:
            raise _Unusable("no-entity-id", _("Fill in the identity provider’s entity ID (also called issuer)."))
        keys = certificates.read(certificate)
        return _judged(IdpMetadata(entity_id.strip(), _address(sso_url), binding, keys))
    except _Unusable as problem:
        return Reading(findings=(problem.finding,))
    except UnreadableCertificate as problem:
        return Reading(findings=(Finding(Level.ERROR, "bad-certificate", str(problem)),))


def _parse(text: str) -> Element:
    if not text:
        raise _Unusable(
            "empty", _("There is nothing to read yet. Paste the metadata, its address, or choose the file.")
        )
    if len(text) > MAX_CHARACTERS:
        raise _Unusable(
            "too-large", _("This file is larger than 1 MiB. Give the metadata of your identity provider alone.")
        )
    if _HTML.match(text) and _LOGIN.search(text):
        raise _Unusable("login-page", _("This is a login page, not SAML metadata."), _NO_LOGIN)
    if _HTML.match(text) or not text.startswith("<"):
        words = _("This is a web page or other text, not SAML metadata.")
        raise _Unusable(
            "not-metadata", words, _("Metadata is XML and begins with <EntityDescriptor; it opens without a login.")
        )
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _Unusable("doctype", _("The file contains a document type declaration, which metadata never needs."))
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        words = _("The XML is cut off or damaged.")
        raise _Unusable("not-well-formed", words, _("Copy it again, or upload the file instead.")) from None


def _read_xml(root: Element, choose: str) -> Reading:
    entities = _entities(root)
    idps = [entity for entity in entities if _role(entity) is not None]
    if choose:
        idps = [entity for entity in idps if entity.get("entityID") == choose]
    if not idps:
        raise _no_idp(entities)
    if len(idps) > 1:
        words = ngettext(
            "The file describes %(num)s identity providers. Choose yours.",
            "The file describes %(num)s identity providers. Choose yours.", len(idps),
        )  # fmt: skip
        names = tuple(entity.get("entityID") or "" for entity in idps[:MAX_ENTITIES])
        return Reading(findings=(Finding(Level.ERROR, "several-idps", words),), choices=names)
    _require_valid(idps[0])
    return _judged(_idp(idps[0]))


def _entities(root: Element) -> list[Element]:
    if root.tag == f"{{{MD}}}EntityDescriptor":
        return [root]
    if root.tag == f"{{{MD}}}EntitiesDescriptor":
        return list(root.iter(f"{{{MD}}}EntityDescriptor"))
    if root.tag == f"{{{SAMLP}}}Response":
        raise _Unusable(
            "a-response",
            _("This is a SAML response, not metadata."),
            _("Look for “metadata” in the app’s sign-on page."),
        )
    if etree.QName(root).localname == "html":
        raise _Unusable("not-metadata", _("This is a web page, not SAML metadata."), _NO_LOGIN)
    raise _Unusable(
        "not-metadata", _("This XML is not SAML metadata; it begins with <%(name)s>.", name=etree.QName(root).localname)
    )


def _role(entity: Element) -> Element | None:
    roles = entity.findall("md:IDPSSODescriptor", NAMESPACES)
    return next((role for role in roles if SAMLP in (role.get("protocolSupportEnumeration") or SAMLP).split()), None)


def _no_idp(entities: list[Element]) -> _Unusable:
    names = [entity.get("entityID") or "" for entity in entities]
    if any(name.startswith(f"{current().public_url}/saml/") for name in names):
        return _Unusable(
            "our-own", _("This is our own metadata."), _("Give this to your identity provider; here we need theirs.")
        )
    if any(entity.find("md:SPSSODescriptor", NAMESPACES) is not None for entity in entities):
        return _Unusable(
            "service-provider", _("This describes an application (service provider), not an identity provider.")
        )
    return _Unusable("no-idp", _("There is no identity provider in this metadata."))


def _require_valid(entity: Element) -> None:
    """SAML metadata §2.3.2: after validUntil it means nothing. A time that cannot be read is not held against it."""
    text = entity.get("validUntil") or ""
    with suppress(ValueError):
        until = datetime.fromisoformat(text)
        if until.replace(tzinfo=until.tzinfo or UTC) <= now():
            raise _Unusable(
                "expired", _("This metadata was valid until %(until)s.", until=day(until)), _("Download it again.")
            )


def _idp(entity: Element) -> IdpMetadata:
    entity_id, role = (entity.get("entityID") or "").strip(), _role(entity)
    if role is None or not entity_id or len(entity_id) > 1024:
        raise _Unusable(
            "no-entity-id", _("The metadata has no entity ID."), _("Download it again from the identity provider.")
        )
    offered = role.findall("md:SingleSignOnService", NAMESPACES)
    services = {node.get("Binding"): node.get("Location") or "" for node in reversed(offered)}
    binding = next((one for one in (REDIRECT, POST) if services.get(one)), None)
    if binding is None:
        raise _Unusable("no-sso-address", _("The metadata names no address for sign-in by HTTP-Redirect or HTTP-POST."))
    wants = (role.get("WantAuthnRequestsSigned") or "").lower() in ("true", "1")
    slo = _logout(role)
    return IdpMetadata(entity_id, _address(services[binding]), binding, _keys(role), wants, slo=slo)


def _logout(role: Element) -> Logout:
    """Where single logout goes, if it is offered in a way we speak; an address that is none is as good as no offer."""
    nodes = {node.get("Binding"): node for node in reversed(role.findall("md:SingleLogoutService", NAMESPACES))}
    for binding in (REDIRECT, POST):
        with suppress(_Unusable):
            if (node := nodes.get(binding)) is not None:
                back = node.get("ResponseLocation")
                return Logout(_address(node.get("Location") or ""), _address(back) if back else "", binding)
    return Logout()


def _keys(role: Element) -> tuple[Certificate, ...]:
    nodes = [node for node in role.findall("md:KeyDescriptor", NAMESPACES) if node.get("use") in (None, "signing")]
    texts = [text.text or "" for node in nodes for text in node.findall(".//ds:X509Certificate", NAMESPACES)]
    found = {key.fingerprint: key for text in texts[: certificates.MOST] for key in certificates.read(text)}
    if not found:
        words = _("The metadata has no signing certificate, so nothing could be verified.")
        raise _Unusable(
            "no-certificate", words, _("Activate a signing certificate there, and copy the metadata again.")
        )
    return tuple(found.values())


def _address(url: str) -> str:
    """Never `javascript:` or `file:`: browsers are sent there."""
    url = url.strip()
    parts = urlsplit(url) if url.isprintable() and " " not in url and len(url) <= 2000 else None
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        raise _Unusable("bad-sso-address", _("The address for sign-in is not a web address that begins with https://."))
    return url


def _judged(metadata: IdpMetadata) -> Reading:
    known = facts.recognise(metadata.entity_id, metadata.sso_url)
    metadata = replace(metadata, idp=known.idp.id if known else "")
    found = certificates.findings(metadata.certificates, now())
    if known:
        found.append(Finding(Level.INFO, "recognised", _("This looks like %(provider)s.", provider=known.idp.name)))
    if metadata.sso_binding == POST:
        words = _("Sign-in requests are sent by HTTP-POST, the only way it offers. That works.")
        found.append(Finding(Level.INFO, "post-only", words))
    if metadata.wants_signed_requests:
        words = _("The identity provider asks for signed requests, so ours will be signed.")
        fix = _("Give it our metadata again, which then holds our certificate.")
        found.append(Finding(Level.INFO, "wants-signed-requests", words, fix))
    if metadata.sso_url.startswith("http://"):
        found.append(Finding(Level.WARNING, "plain-http", _("The address for sign-in is not encrypted (http://).")))
    if metadata.entity_id == "IdP Entity ID":
        words = _("The entity ID is JumpCloud’s placeholder, so it is not unique.")
        fix = _("Set “IdP Entity ID” in JumpCloud to an address of yours.")
        found.append(Finding(Level.WARNING, "placeholder-entity-id", words, fix))
    return Reading(metadata, tuple(found))
