"""From what an IdP sends to what we keep: known attributes under their proper names, of their proper types."""

from dataclasses import dataclass, field

from portal.scim import dialects
from portal.scim.attributes import BOOLEAN, COMPLEX, Attribute, Kind, Schema
from portal.scim.errors import invalid_value

LONGEST_TEXT = 10_000
LONGEST_KEY = 320
MOST_VALUES = 200
KEYS = frozenset({"userName", "externalId", "displayName"})

Document = dict[str, object]


@dataclass
class Cleaned:
    """`ignored` names what we do not keep; it is counted and shown to support, never refused on POST and PUT."""

    document: Document = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


def clean(kind: Kind, body: Document) -> Cleaned:
    """The document without `id`, `meta`, `schemas` and what is read-only; `members` of a group is left to the caller."""
    cleaned = Cleaned()
    for name, value in dialects.expand_keys(kind, body).items():
        _take(kind, cleaned, name, value)
    return cleaned


def require(kind: Kind, document: Document) -> None:
    for attribute in kind.schema.attributes:
        if attribute.required and not document.get(attribute.name):
            raise invalid_value(f"{attribute.name} is missing. Map it in the identity provider, then try again.")


def _take(kind: Kind, cleaned: Cleaned, name: str, value: object) -> None:
    extension = next((schema for schema in kind.extensions if schema.urn.casefold() == name.casefold()), None)
    if extension:
        _take_extension(cleaned, extension, value)
        return
    found = kind.resolve(name)
    if found is None or found[1].name in ("schemas", "id", "meta"):
        if found is None:
            cleaned.ignored.append(name[:100])
        return
    attribute = found[1]
    if attribute.read_only or attribute.name == "members":
        return
    kept = clean_value(attribute, value, attribute.name)
    if kept is not None:
        cleaned.document[attribute.name] = kept


def _take_extension(cleaned: Cleaned, schema: Schema, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise invalid_value(f"{schema.urn} must be an object.")
    kept: Document = {}
    for name, one in value.items():
        attribute = schema.find(name)
        if attribute is None:
            cleaned.ignored.append(name[:100])
        elif (clean_one := clean_value(attribute, one, attribute.name)) is not None:
            kept[attribute.name] = clean_one
    if kept:
        cleaned.document[schema.urn] = kept


def clean_value(attribute: Attribute, value: object, place: str) -> object:
    """None stands for unassigned, as null, "" and [] do (RFC 7643 §2.5)."""
    if attribute.many:
        return _list(attribute, value, place)
    if attribute.type == COMPLEX:
        return _complex(attribute, dialects.one_reference(value), place)
    return _simple(attribute, value, place)


def _list(attribute: Attribute, value: object, place: str) -> list[object] | None:
    values = value if isinstance(value, list) else [] if value is None else [value]
    if len(values) > MOST_VALUES:
        raise invalid_value(f"{place} has more than {MOST_VALUES} values.")
    elements: list[object] = []
    for one in values:
        cleaned = _complex(attribute, {"value": one} if isinstance(one, str) else one, place)
        if cleaned is not None and cleaned not in elements:
            elements.append(cleaned)
    return keep_one_primary(elements) or None


def keep_one_primary(elements: list[object], *, newest: bool = False) -> list[object]:
    """`primary` is true at most once (RFC 7643 §2.4): the first one wins, or the newest when one is added."""
    seen = False
    for element in reversed(elements) if newest else elements:
        if isinstance(element, dict) and element.get("primary"):
            element["primary"] = not seen
            seen = True
    return elements


def _complex(attribute: Attribute, value: object, place: str) -> Document | None:
    if value is None or value == "":
        return None
    if not isinstance(value, dict):
        raise invalid_value(f"{place} must be an object.")
    kept: Document = {}
    for name, one in value.items():
        part = attribute.find(name)
        if part is None or part.read_only:
            continue
        if (cleaned := _simple(part, one, f"{place}.{part.name}")) is not None:
            kept[part.name] = cleaned
    return kept or None


def _simple(attribute: Attribute, value: object, place: str) -> str | bool | None:
    if attribute.type == BOOLEAN:
        return dialects.truth(value, place)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str):
        raise invalid_value(f"{place} must be text.")
    longest = LONGEST_KEY if place in KEYS or place == "emails.value" else LONGEST_TEXT
    if len(value) > longest:
        raise invalid_value(f"{place} is longer than {longest} characters.")
    return value
