"""LogoutRequest and LogoutResponse: what an IdP's says, and our own (SAML core §3.7)."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from lxml import etree

from portal.models.base import Json, now
from portal.saml.identity import Identity
from portal.saml.parties import ServiceProvider
from portal.saml.postchecks import moment
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import NAMESPACES, SAML, SAMLP, SUCCESS

REQUEST = f"{{{SAMLP}}}LogoutRequest"
RESPONSE = f"{{{SAMLP}}}LogoutResponse"
MAX_INDEXES = 100
LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class LogoutRequest:
    id: str
    name_id: str
    session_indexes: tuple[str, ...]
    not_on_or_after: datetime


@dataclass(frozen=True)
class LogoutResponse:
    in_response_to: str
    complete: bool


@dataclass(frozen=True)
class Name:
    """Whom the IdP signed in, to the letter: the same attributes go back that came with the assertion."""

    name_id: str
    name_id_format: str = ""
    name_qualifier: str = ""
    sp_name_qualifier: str = ""
    session_index: str = ""

    @classmethod
    def of(cls, identity: Identity) -> "Name":
        return cls(**{name: getattr(identity, name) for name in cls.__dataclass_fields__})

    @classmethod
    def load(cls, body: Json) -> "Name":
        return cls(**{name: str(body.get(name) or "") for name in cls.__dataclass_fields__})

    def dump(self) -> Json:
        return {name: value for name, value in asdict(self).items() if value}


def read_request(sp: ServiceProvider, address: str, tree: etree._Element) -> LogoutRequest:
    """A verified request that is addressed to us, by our IdP, and lately."""
    _require(sp, address, tree, REQUEST)
    names = tree.findall("saml:NameID", NAMESPACES)
    if len(names) != 1 or not (names[0].text or "").strip():
        raise ResponseRefused("subject", "no-name-id", expected="1 NameID", got=str(len(names)))
    qualifier = names[0].get("SPNameQualifier")
    if qualifier not in (None, "", sp.entity_id):
        raise ResponseRefused("audience", "name-qualifier", expected=sp.entity_id, got=qualifier or "")
    indexes = tuple((node.text or "").strip() for node in tree.findall("samlp:SessionIndex", NAMESPACES)[:MAX_INDEXES])
    end = moment(tree.get("NotOnOrAfter")) or _issued(tree) + LIFE
    if end + sp.skew <= now():
        raise ResponseRefused("time", "too-late", expected=now().isoformat(), got=end.isoformat())
    return LogoutRequest(tree.get("ID") or "", (names[0].text or "").strip(), indexes, end + sp.skew)


def read_response(sp: ServiceProvider, address: str, tree: etree._Element) -> LogoutResponse:
    _require(sp, address, tree, RESPONSE)
    codes = [code.get("Value") for code in tree.iterfind("samlp:Status//samlp:StatusCode", NAMESPACES)]
    return LogoutResponse(tree.get("InResponseTo") or "", complete=codes == [SUCCESS])


def request(sp: ServiceProvider, request_id: str, name: Name) -> etree._Element:
    tree = _message(sp, REQUEST, request_id, sp.logout_address)
    tree.set("NotOnOrAfter", _stamp(now() + LIFE))
    attributes = {
        "Format": name.name_id_format, "NameQualifier": name.name_qualifier, "SPNameQualifier": name.sp_name_qualifier,
    }  # fmt: skip
    given = {attribute: value for attribute, value in attributes.items() if value}
    etree.SubElement(tree, f"{{{SAML}}}NameID", given).text = name.name_id
    if name.session_index:
        etree.SubElement(tree, f"{{{SAMLP}}}SessionIndex").text = name.session_index
    return tree


def response(sp: ServiceProvider, response_id: str, request_id: str) -> etree._Element:
    tree = _message(sp, RESPONSE, response_id, sp.logout_answer_address)
    tree.set("InResponseTo", request_id)
    etree.SubElement(etree.SubElement(tree, f"{{{SAMLP}}}Status"), f"{{{SAMLP}}}StatusCode", {"Value": SUCCESS})
    return tree


def _message(sp: ServiceProvider, tag: str, identifier: str, destination: str) -> etree._Element:
    attributes = {
        "ID": identifier, "Version": "2.0", "IssueInstant": _stamp(now()), "Destination": destination,
    }  # fmt: skip
    tree = etree.Element(tag, attributes, nsmap={"samlp": SAMLP, "saml": SAML})
    etree.SubElement(tree, f"{{{SAML}}}Issuer").text = sp.entity_id
    return tree


def _require(sp: ServiceProvider, address: str, tree: etree._Element, tag: str) -> None:
    if tree.tag != tag:
        raise ResponseRefused("xml", "not-a-logout", expected=tag, got=str(tree.tag))
    if tree.get("Version") != "2.0" or not tree.get("ID"):
        raise ResponseRefused(
            "xml", "version-or-id", expected="Version 2.0 and an ID", got=tree.get("Version") or "nothing"
        )
    if tree.get("Destination") != address:  # SAML bindings §3.4.5.2, §3.5.5.2: a signed message names its destination
        raise ResponseRefused("destination", "destination", expected=address, got=tree.get("Destination") or "nothing")
    issuers = [node.text or "" for node in tree.findall("saml:Issuer", NAMESPACES)]
    if issuers != [sp.idp_entity_id]:
        raise ResponseRefused("issuer", "issuer", expected=sp.idp_entity_id, got=", ".join(issuers) or "nothing")
    issued = _issued(tree)
    if issued - sp.skew > now() or issued + LIFE + sp.skew <= now():
        raise ResponseRefused("time", "too-late", expected=now().isoformat(), got=issued.isoformat())


def _issued(tree: etree._Element) -> datetime:
    issued = moment(tree.get("IssueInstant"))
    if issued is None:
        raise ResponseRefused("time", "not-a-time", got="nothing")
    return issued


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
