"""Who signed in, as the verified assertion says it."""

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from portal.organizations import sign_in
from portal.saml.postchecks import Answer, moment
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import NAME_PERSISTENT, NAME_TRANSIENT, NAMESPACES
from wizards import facts

# Our fields, and what the facts of the wizards call them; a connection's own mapping comes first.
FIELDS = {
    "email": "email", "given_name": "first_name", "family_name": "last_name", "display_name": "display_name",
    "groups": "groups", "roles": "role", "stable_id": "stable_id",
}  # fmt: skip
_EMAIL = re.compile(
    r"[^\s@<>\"'(),:;\\\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
LINKED_GROUPS = "/claims/groups.link"
Attributes = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Identity:
    """One person's word from one IdP. Nothing here was read outside the element whose signature was verified."""

    name_id: str
    name_id_format: str = ""
    issuer: str = ""
    name_qualifier: str = ""
    sp_name_qualifier: str = ""
    email: str = ""
    given_name: str = ""
    family_name: str = ""
    display_name: str = ""
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    stable_id: str = ""
    attributes: Attributes = field(default_factory=dict)
    session_index: str = ""
    session_not_on_or_after: datetime | None = None
    assertion_id: str = ""
    not_on_or_after: datetime | None = None

    @property
    def account(self) -> str:
        return "" if self.name_id_format == NAME_TRANSIENT else sign_in.subject(self.name_id)

    @property
    def user_name(self) -> str:
        return self.name_id

    @property
    def is_forever(self) -> bool:
        """SAML core §8.3.7."""
        return self.name_id_format == NAME_PERSISTENT

    @property
    def name(self) -> str:
        return self.display_name or " ".join(part for part in (self.given_name, self.family_name) if part)

    @property
    def groups_left_out(self) -> bool:
        """Entra names no group of a person who is in more than 150, and says so in a claim of its own; see
        tests/saml/test_roles.py."""
        return not self.groups and any(name.endswith(LINKED_GROUPS) for name in self.attributes)

    def dump(self) -> dict[str, object]:
        """As JSON, for the transaction that waits for its browser."""
        ends = {name: value.isoformat() if (value := getattr(self, name)) else None for name in _TIMES}
        return asdict(self) | ends | {name: list(getattr(self, name)) for name in _LISTS}

    @classmethod
    def load(cls, body: dict[str, object]) -> "Identity":
        known = {name: value for name, value in body.items() if name in cls.__dataclass_fields__}
        for name in _TIMES:
            known[name] = datetime.fromisoformat(str(body[name])) if body.get(name) else None
        for name in _LISTS:
            known[name] = tuple(body.get(name) or ())  # type: ignore[arg-type]
        attributes: dict[str, list[str]] = body.get("attributes") or {}  # type: ignore[assignment]
        known["attributes"] = {name: tuple(values) for name, values in attributes.items()}
        return cls(**known)  # type: ignore[arg-type]


_LISTS = ("groups", "roles")
_TIMES = ("session_not_on_or_after", "not_on_or_after")


def read(answer: Answer, mapping: dict[str, str], *, skew: timedelta) -> Identity:
    """The identity in a verified assertion; raises where a field that decides who this is says two things."""
    attributes = attributes_of(answer)
    name = answer.assertion.find("saml:Subject/saml:NameID", NAMESPACES)
    if name is None:
        raise ResponseRefused("subject", "no-name-id")
    statement = answer.assertion.find("saml:AuthnStatement", NAMESPACES)
    name_id = (name.text or "").strip()
    return Identity(
        name_id=name_id,
        name_id_format=name.get("Format") or "",
        issuer=(answer.assertion.findtext("saml:Issuer", "", NAMESPACES)).strip(),
        name_qualifier=name.get("NameQualifier") or "",
        sp_name_qualifier=name.get("SPNameQualifier") or "",
        email=_email(_one("email", attributes, mapping), name_id),
        given_name=_first("given_name", attributes, mapping),
        family_name=_first("family_name", attributes, mapping),
        display_name=_display_name(attributes, mapping),
        groups=tuple(dict.fromkeys(_values("groups", attributes, mapping))),
        roles=tuple(dict.fromkeys(_values("roles", attributes, mapping))),
        stable_id=_one("stable_id", attributes, mapping)[:MAX_STABLE_ID],
        attributes=attributes,
        session_index=(statement.get("SessionIndex") or "")[:256] if statement is not None else "",
        session_not_on_or_after=moment(statement.get("SessionNotOnOrAfter")) if statement is not None else None,
        assertion_id=answer.assertion.get("ID") or "",
        not_on_or_after=_last_moment(answer) + skew,
    )


MAX_STABLE_ID = 512


def attributes_of(answer: Answer) -> Attributes:
    """By name; an attribute listed several times (Keycloak's `Role`) has all its values."""
    found: dict[str, list[str]] = {}
    for node in answer.assertion.findall("saml:AttributeStatement/saml:Attribute", NAMESPACES):
        values = ["".join(value.itertext()).strip() for value in node.findall("saml:AttributeValue", NAMESPACES)]
        name = node.get("Name") or node.get("FriendlyName")
        if name:
            found.setdefault(name, []).extend(value for value in values if value)
    return {name: tuple(values) for name, values in found.items()}


def repeated_attributes(answer: Answer) -> list[str]:
    nodes = answer.assertion.findall("saml:AttributeStatement/saml:Attribute", NAMESPACES)
    names = [node.get("Name") or "" for node in nodes]
    return sorted({name for name in names if names.count(name) > 1})


def source(field: str, attributes: Attributes, mapping: dict[str, str]) -> str | None:
    """The attribute this field is read from. A mapping that was chosen is obeyed, not guessed around."""
    if chosen := _chosen(field, mapping):
        return chosen if attributes.get(chosen) else None
    return next((alias for alias in _aliases(field) if attributes.get(alias)), None)


def _chosen(field: str, mapping: dict[str, str]) -> str:
    return mapping.get(field) or mapping.get(FIELDS[field]) or ""


def _aliases(field: str) -> tuple[str, ...]:
    return field, *facts.claims_aliases()[FIELDS[field]]


def is_email(text: str) -> bool:
    return len(text) <= 320 and _EMAIL.fullmatch(text) is not None


def _values(field: str, attributes: Attributes, mapping: dict[str, str]) -> tuple[str, ...]:
    name = source(field, attributes, mapping)
    return attributes[name] if name else ()


def _first(field: str, attributes: Attributes, mapping: dict[str, str]) -> str:
    values = _values(field, attributes, mapping)
    return " ".join(values[0].split())[:320] if values else ""


def _display_name(attributes: Attributes, mapping: dict[str, str]) -> str:
    """What was chosen; else the first that is a name: Entra's claim `name` holds the user name, which is an address."""
    if found := _chosen("display_name", mapping):
        return _first("display_name", attributes, mapping) if attributes.get(found) else ""
    said = (_first("display_name", attributes, {"display_name": alias}) for alias in _aliases("display_name"))
    return next((name for name in said if name and not is_email(name)), "")


def _one(field: str, attributes: Attributes, mapping: dict[str, str]) -> str:
    values = sorted(set(_values(field, attributes, mapping)))
    if len(values) > 1:
        raise ResponseRefused("email" if field == "email" else "subject", f"several-{field}", got=", ".join(values))
    return values[0] if values else ""


def _email(mapped: str, name_id: str) -> str:
    """The attribute if there is one, else a NameID that is an address; never a NameID instead of a bad attribute."""
    candidate = mapped or name_id
    return candidate if is_email(candidate) else ""


def _last_moment(answer: Answer) -> datetime:
    """Until when this assertion could be shown again."""
    nodes = [node.find("saml:SubjectConfirmationData", NAMESPACES) for node in answer.confirmations()]
    ends = [end for node in nodes if node is not None and (end := moment(node.get("NotOnOrAfter")))]
    if not ends:
        raise ResponseRefused("time", "no-end")
    return max(ends)
