"""How seven IdPs write the same sign-in: prefixes, namespaces, ids, formats, attributes, what they sign and leave out."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from tests.saml.hostile import ACS, ENTITY, REQUEST
from tests.saml.idp import EMAIL, NOW, SAML, SAMLP, encrypt, pair, sign, stamp

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
MICROSOFT = "http://schemas.microsoft.com/"
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
UNSPECIFIED = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


@dataclass(frozen=True)
class Style:
    """`assertion` is the prefix of assertions, empty for a default namespace; `inclusive` are the prefixes it lists for
    canonicalization; `typed` is the xsi:type of its values."""

    name: str
    protocol: str
    assertion: str
    attributes: tuple[tuple[str, tuple[str, ...]], ...]
    signs: tuple[str, ...]
    name_id: str = "ada@acme.example"
    name_format: str = EMAIL
    name_extra: str = ""
    attribute_format: str = BASIC
    typed: str = ""
    inclusive: tuple[str, ...] = ()
    prefix: str | None = "ds"
    ids: tuple[str, str] = ("_r0190", "_a0190")
    fraction: str = ""
    issuer_format: str = ""
    session_hours: int = 0
    context: str = PASSWORD
    lines: bool = False

    def answer(self, *, at: datetime = NOW, signs: tuple[str, ...] = (), cipher: str = "") -> str:
        root, signs = etree.fromstring(self._text(at).encode()), signs or self.signs
        if "assertion" in signs:
            root = self._sign(root, "saml:Assertion")
        if cipher:
            root = encrypt(root, pair("sp").certificate, cipher)
        if "response" in signs:
            root = self._sign(root, ".")
        return base64.b64encode(etree.tostring(root, xml_declaration=True, encoding="UTF-8")).decode()

    def _sign(self, root: etree._Element, path: str) -> etree._Element:
        return sign(root, path, prefix=self.prefix, inclusive=self.inclusive)

    def _text(self, at: datetime) -> str:
        p, a, end = self.protocol, f"{self.assertion}:" if self.assertion else "", "\n" if self.lines else ""
        response, assertion = self.ids
        issuer = f"<{{}}Issuer{{}}{self.issuer_format}>https://idp.example/saml</{{}}Issuer>"
        # Entra and Google declare the assertion's namespace anew, on the elements themselves.
        here = f' xmlns:{self.assertion}="{SAML}"' if self.assertion else f' xmlns="{SAML}"'
        return end.join((
            f'<{p}:Response xmlns:{p}="{SAMLP}" Destination="{ACS}" ID="{response}" InResponseTo="{REQUEST}"',
            f' IssueInstant="{self._at(at)}" Version="2.0">{issuer.format(a, here, a)}',
            f'<{p}:Status><{p}:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></{p}:Status>',
            f'<{a}Assertion{here} ID="{assertion}" IssueInstant="{self._at(at)}" Version="2.0">{issuer.format(a, "", a)}',
            self._subject(a, at), self._conditions(a, at), self._statements(a, at), f"</{a}Assertion></{p}:Response>",
        ))  # fmt: skip

    def _subject(self, a: str, at: datetime) -> str:
        return (
            f'<{a}Subject><{a}NameID Format="{self.name_format}"{self.name_extra}>{self.name_id}</{a}NameID>'
            f'<{a}SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><{a}SubjectConfirmationData'
            f' InResponseTo="{REQUEST}" NotOnOrAfter="{self._at(at + timedelta(minutes=5))}" Recipient="{ACS}"/>'
            f"</{a}SubjectConfirmation></{a}Subject>"
        )

    def _conditions(self, a: str, at: datetime) -> str:
        start, end = self._at(at - timedelta(minutes=5)), self._at(at + timedelta(minutes=5))
        audience = f"<{a}AudienceRestriction><{a}Audience>{ENTITY}</{a}Audience></{a}AudienceRestriction>"
        return f'<{a}Conditions NotBefore="{start}" NotOnOrAfter="{end}">{audience}</{a}Conditions>'

    def _statements(self, a: str, at: datetime) -> str:
        until = (
            f' SessionNotOnOrAfter="{self._at(at + timedelta(hours=self.session_hours))}"' if self.session_hours else ""
        )
        context = (
            f"<{a}AuthnContext><{a}AuthnContextClassRef>{self.context}</{a}AuthnContextClassRef></{a}AuthnContext>"
        )
        rows = "".join(self._attribute(a, name, values) for name, values in self.attributes)
        statement = f"<{a}AttributeStatement>{rows}</{a}AttributeStatement>" if rows else ""
        return (
            f'<{a}AuthnStatement AuthnInstant="{self._at(at)}" SessionIndex="_s0190"{until}>{context}</{a}AuthnStatement>'
            f"{statement}"
        )

    def _attribute(self, a: str, name: str, values: tuple[str, ...]) -> str:
        kind = f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{self.typed}"' if self.typed else ""
        schema = ' xmlns:xs="http://www.w3.org/2001/XMLSchema"' if self.typed else ""
        inner = "".join(f"<{a}AttributeValue{schema}{kind}>{value}</{a}AttributeValue>" for value in values)
        form = f' NameFormat="{self.attribute_format}"' if self.attribute_format else ""
        return f'<{a}Attribute Name="{name}"{form}>{inner}</{a}Attribute>'

    def _at(self, at: datetime) -> str:
        return stamp(at).replace("Z", f"{self.fraction}Z")


def person(email: str, first: str, last: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ((email, ("ada@acme.example",)), (first, ("Ada",)), (last, ("Lovelace",)))


STYLES = (
    Style(
        "Okta", "saml2p", "saml2", person("email", "firstName", "lastName"), ("assertion", "response"), typed="xs:string",
        attribute_format=UNSPECIFIED, inclusive=("xs",), ids=("id1108190", "id1108191"), fraction=".123",
        issuer_format=' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"',
    ),
    Style(
        "Entra", "samlp", "", (
            (MICROSOFT + "identity/claims/tenantid", ("0190-tenant",)),
            (MICROSOFT + "identity/claims/objectidentifier", ("0190-oid",)),
            *person(CLAIMS + "emailaddress", CLAIMS + "givenname", CLAIMS + "surname"),
            (MICROSOFT + "claims/authnmethodsreferences", (f"{MICROSOFT}ws/2008/06/identity/authenticationmethod/password",)),
        ), ("assertion",), name_id="AbC/xyz=", name_format=PERSISTENT, attribute_format="", prefix=None, fraction=".1234567",
        ids=("_3f7c9a52-0000-4000-8000-000000000001", "_3f7c9a52-0000-4000-8000-000000000002"),
    ),
    Style(
        "Google", "saml2p", "saml2", person("email", "first_name", "last_name"), ("response",), fraction=".123",
        name_format=EMAIL.replace("emailAddress", "unspecified"), ids=("_89a5b4cd0190", "_4d6f78ae0190"), typed="xs:anyType",
        context="urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified", lines=True,
    ),
    Style(
        "OneLogin", "samlp", "saml", person("User.email", "User.FirstName", "User.LastName"), ("assertion",), typed="xs:string",
        ids=("R4f2b0190", "A4f2b0190"), session_hours=24,
    ),
    Style(
        "Keycloak", "samlp", "saml", (*person("email", "givenName", "surname"), ("Role", ("view",)), ("Role", ("manage",))),
        ("assertion", "response"), prefix="dsig", typed="xs:string", ids=("ID_0190aaaa", "ID_0190bbbb"), session_hours=10,
        fraction=".999", name_id="G-0190", name_format=PERSISTENT, context="urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
    ),
    Style(
        "JumpCloud", "samlp", "saml", person("email", "firstName", "lastName"), ("assertion",), typed="xs:string",
        name_format=EMAIL.replace("1.1", "1.0").replace("emailAddress", "unspecified"), ids=("B0190KQXJ", "A0190KQXJ"),
        lines=True,
    ),
    Style(
        "PingOne", "samlp", "saml", person("email", "given_name", "family_name"), ("assertion",), ids=("VkX0190", "Qx0190"),
        name_extra=f' SPNameQualifier="{ENTITY}"', fraction=".001", typed="xs:string",
    ),
)  # fmt: skip
