"""The SCIM attributes we keep: one row each. To keep another one, add a row.

Reading, filtering, selecting and the /Schemas document are all derived from these rows (RFC 7643 §2, §4, §7).
"""

from dataclasses import dataclass, field
from functools import cached_property

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

STRING, BOOLEAN, COMPLEX, REFERENCE, DATE, BINARY = "string", "boolean", "complex", "reference", "dateTime", "binary"
NUMBER = "decimal"


@dataclass(frozen=True)
class Attribute:
    """`sub` are the sub-attributes of a complex one. `says` is its description in /Schemas."""

    name: str
    says: str = ""
    type: str = STRING
    many: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    uniqueness: str = "none"
    canonical: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sub: tuple["Attribute", ...] = field(default=())

    def find(self, name: str) -> "Attribute | None":
        return self._parts.get(name.casefold())

    @cached_property
    def _parts(self) -> "dict[str, Attribute]":
        return _by_name(self.sub)

    @property
    def read_only(self) -> bool:
        return self.mutability == "readOnly"


@dataclass(frozen=True)
class Schema:
    urn: str
    name: str
    says: str
    attributes: tuple[Attribute, ...]

    def find(self, name: str) -> Attribute | None:
        return self._attributes.get(name.casefold())

    @cached_property
    def _attributes(self) -> dict[str, Attribute]:
        return _by_name(self.attributes)


def _by_name(rows: tuple[Attribute, ...]) -> dict[str, Attribute]:
    """Names have no case (RFC 7643 §2.1)."""
    return {row.name.casefold(): row for row in rows}


def _many(name: str, says: str, *kinds: str, value: Attribute | None = None) -> Attribute:
    """A multi-valued attribute with the sub-attributes of RFC 7643 §2.4."""
    sub = (
        value or Attribute("value", f"The {says}."),
        Attribute("display", "A name for people to read."),
        Attribute("type", "What it is used for.", canonical=kinds),
        Attribute("primary", "Whether it is the preferred one.", BOOLEAN),
    )
    return Attribute(name, f"{says[0].upper()}{says[1:]}s.", COMPLEX, many=True, sub=sub)


_URI = Attribute("value", "The address.", REFERENCE, references=("external",), case_exact=True)
_ADDRESS = tuple(
    Attribute(name, says)
    for name, says in (
        ("formatted", "The whole address."), ("streetAddress", "Street and number."), ("locality", "City."),
        ("region", "State or region."), ("postalCode", "Postal code."), ("country", "Country code (ISO 3166-1 alpha-2)."),
    )
)  # fmt: skip
_NAME = tuple(
    Attribute(name, says)
    for name, says in (
        ("formatted", "The full name."), ("familyName", "Family name."), ("givenName", "Given name."),
        ("middleName", "Middle name."), ("honorificPrefix", "Such as Dr."), ("honorificSuffix", "Such as III."),
    )
)  # fmt: skip

USER = Schema(
    CORE_USER, "User", "A person.",
    (
        Attribute("userName", "The name the IdP knows the person by; unique in the directory, without regard to case.",
                  required=True, uniqueness="server"),
        Attribute("name", "The parts of the person's name.", COMPLEX, sub=_NAME),
        Attribute("displayName", "The name shown to people."),
        Attribute("nickName", "A casual name."),
        Attribute("profileUrl", "A page about the person.", REFERENCE, references=("external",), case_exact=True),
        Attribute("title", "Such as Vice President."),
        Attribute("userType", "Such as Contractor."),
        Attribute("preferredLanguage", "As in Accept-Language."),
        Attribute("locale", "Such as en-US."),
        Attribute("timezone", "Such as Europe/Berlin."),
        Attribute("active", "Whether the person works there. False ends access at once.", BOOLEAN),
        _many("emails", "e-mail address", "work", "home", "other"),
        _many("phoneNumbers", "telephone number", "work", "home", "mobile", "fax", "pager", "other"),
        _many("ims", "messaging address", "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
        _many("photos", "picture", "photo", "thumbnail", value=_URI),
        Attribute("addresses", "Postal addresses.", COMPLEX, many=True, sub=(
            *_ADDRESS, Attribute("type", "What it is used for.", canonical=("work", "home", "other")),
            Attribute("primary", "Whether it is the preferred one.", BOOLEAN))),
        Attribute("groups", "The groups the person belongs to.", COMPLEX, many=True, mutability="readOnly", sub=(
            Attribute("value", "The group's id.", mutability="readOnly", case_exact=True),
            Attribute("$ref", "The group's address.", REFERENCE, mutability="readOnly", references=("Group",), case_exact=True),
            Attribute("display", "The group's name.", mutability="readOnly"),
            Attribute("type", "How the person came to belong.", mutability="readOnly", canonical=("direct",)))),
        _many("entitlements", "entitlement"),
        _many("roles", "role"),
        _many("x509Certificates", "certificate", value=Attribute("value", "DER in base64.", BINARY, case_exact=True)),
    ),
)  # fmt: skip

ENTERPRISE_USER = Schema(
    ENTERPRISE, "EnterpriseUser", "What companies add about a person.",
    (
        Attribute("employeeNumber", "The number the company gave."),
        Attribute("costCenter", "Cost center."),
        Attribute("organization", "The person's organization."),
        Attribute("division", "Division."),
        Attribute("department", "Department."),
        Attribute("manager", "The person's manager.", COMPLEX, sub=(
            Attribute("value", "The manager's id.", case_exact=True),
            Attribute("$ref", "The manager's address.", REFERENCE, references=("User",), case_exact=True),
            Attribute("displayName", "The manager's name.", mutability="readOnly"))),
    ),
)  # fmt: skip

GROUP = Schema(
    CORE_GROUP, "Group", "A group of people.",
    (
        Attribute("displayName", "The group's name; unique in the directory, without regard to case.", required=True,
                  uniqueness="server"),
        Attribute("members", "The people in the group.", COMPLEX, many=True, sub=(
            Attribute("value", "The person's id.", mutability="immutable", case_exact=True),
            Attribute("$ref", "The person's address.", REFERENCE, mutability="immutable", references=("User",), case_exact=True),
            Attribute("type", "Always User: groups do not hold groups here.", mutability="immutable", canonical=("User",)))),
    ),
)  # fmt: skip

_META = (
    ("resourceType", STRING), ("created", DATE), ("lastModified", DATE), ("location", REFERENCE), ("version", STRING),
)  # fmt: skip

# Common to all resources, in no schema (RFC 7643 §3.1).
COMMON = (
    Attribute("schemas", "", REFERENCE, many=True, returned="always", case_exact=True),
    Attribute("id", "", case_exact=True, mutability="readOnly", returned="always", uniqueness="server"),
    Attribute("externalId", "", case_exact=True),
    Attribute("meta", "", COMPLEX, mutability="readOnly", sub=tuple(
        Attribute(name, "", kind, case_exact=True, mutability="readOnly")
        for name, kind in _META
    )),
)  # fmt: skip


_COMMON = _by_name(COMMON)


@dataclass(frozen=True)
class Kind:
    """A resource type: its own schema, then its extensions."""

    name: str
    endpoint: str
    says: str
    schema: Schema
    extensions: tuple[Schema, ...] = ()

    def resolve(self, name: str, urn: str = "") -> tuple[str, Attribute] | None:
        """(URN of the extension or "", row) of an attribute, whatever its case; None when there is no such thing.

        A name of an extension's attribute is understood without its URN too, where the core has none of that name: Entra
        filters by `manager` and Rippling's admins type `employeeNumber` (tests/recorded/rippling/scim/bare-names).
        """
        for schema in self.extensions:
            if urn and schema.urn.casefold() == urn.casefold():
                found = schema.find(name)
                return (schema.urn, found) if found else None
        if urn and urn.casefold() != self.schema.urn.casefold():
            return None
        if found := self.schema.find(name) or _COMMON.get(name.casefold()):
            return "", found
        bare = ((schema.urn, schema.find(name)) for schema in self.extensions if not urn)
        return next(((urn, row) for urn, row in bare if row), None)


PEOPLE = Kind("User", "/Users", "People", USER, (ENTERPRISE_USER,))
GROUPS = Kind("Group", "/Groups", "Groups", GROUP)
KINDS = (PEOPLE, GROUPS)
