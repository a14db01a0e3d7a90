"""From what an IdP sends to what we keep: known attributes under their proper names, of their proper types."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.models.base import key
from portal.scim import dialects, measures
from portal.scim.attributes import BOOLEAN, COMPLEX, STRING, Attribute, Kind, Schema
from portal.scim.errors import ScimError, invalid_syntax, invalid_value
from portal.settings import current

LONGEST_KEY = 320
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
    seen: set[str] = set()
    for name, value in dialects.expand_keys(kind, body).items():
        if name.casefold() in seen:
            raise invalid_syntax(f"{name[:60]} stands twice, in capitals and in small letters. Send it once.")
        seen.add(name.casefold())
        _take(kind, cleaned, name, value)
    return cleaned


def require(kind: Kind, document: Document) -> None:
    for attribute in kind.schema.attributes:
        if attribute.required and not str(document.get(attribute.name) or "").strip():
            raise invalid_value(
                f"{attribute.name} is missing or empty. Map a value to it in the identity provider’s attribute mappings."
            )


def _take(kind: Kind, cleaned: Cleaned, name: str, value: object) -> None:
    extension = next((schema for schema in kind.extensions if schema.urn.casefold() == name.casefold()), None)
    if extension:
        _take_extension(cleaned, extension, value)
        return
    found = kind.resolve(name)
    if found is None:
        if name.casefold() != "password":  # Okta always sends one; it means nothing and is never kept
            cleaned.ignored.append(name[:100])
        return
    urn, attribute = found
    if attribute.read_only or attribute.name in ("schemas", "members"):
        return
    kept = clean_value(attribute, value, attribute.name)
    if kept is not None:
        holder = cleaned.document.setdefault(urn, {}) if urn else cleaned.document
        holder.setdefault(attribute.name, kept)  # type: ignore[attr-defined]


def _take_extension(cleaned: Cleaned, schema: Schema, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise invalid_value(f"{schema.urn} must be an object with the extension’s attributes.")
    kept: Document = {}
    for name, one in value.items():
        attribute = schema.find(name)
        if attribute is None:
            cleaned.ignored.append(name[:100])
        elif not attribute.read_only and (clean_one := clean_value(attribute, one, attribute.name)) is not None:
            kept[attribute.name] = clean_one
    if kept:
        cleaned.document[schema.urn] = kept | dict(cleaned.document.get(schema.urn) or {})  # type: ignore[call-overload]


def clean_value(attribute: Attribute, value: object, place: str) -> object:
    """None stands for unassigned, as null, "" and [] do (RFC 7643 §2.5)."""
    if attribute.many:
        return _list(attribute, value, place)
    if attribute.type == COMPLEX:
        return _complex(attribute, dialects.one_reference(value) if attribute.find("value") else value, place)
    return _simple(attribute, value, place)


def _list(attribute: Attribute, value: object, place: str) -> list[object] | None:
    values = value if isinstance(value, list) else [] if value is None else [value]
    if len(values) > current().scim_max_values:
        raise too_many_values(place)
    elements: list[Document] = []
    for one in values:
        cleaned = _complex(attribute, {"value": one} if _stands_alone(attribute, one) else one, place)
        if cleaned is not None and not is_hollow(cleaned):
            merge(elements, cleaned)
    return list(keep_one_primary(elements)) or None


def is_hollow(element: Document) -> bool:
    """What says what it is for, and nothing else, is no value (RFC 7643 §2.5)."""
    return element.keys() <= {"type", "primary"}


def _stands_alone(attribute: Attribute, one: object) -> bool:
    """A value without the object around it: text anywhere, a number or a truth where such values are kept."""
    part = attribute.find("value")
    return isinstance(one, str) or (part is not None and part.type != STRING and isinstance(one, bool | int | float))


def merge(elements: list[Document], fresh: Document) -> Document:
    """Add an element, or complete the one with the same value and type: no two are alike (RFC 7643 §2.4). Gives the element
    as it is in the list now."""
    for one in elements:
        if "value" in fresh and one.get("value") == fresh["value"] and one.get("type") == fresh.get("type"):
            one.update(fresh)
            return one
    if fresh not in elements:
        elements.append(fresh)
    return fresh


def keep_one_primary(elements: list[Document], set_now: Sequence[Document] = ()) -> list[Document]:
    """`primary` is true at most once (RFC 7643 §2.4): the one that was set now wins, else the first."""
    primary = [one for one in elements if one.get("primary")]
    now = (one for one in primary if any(one is fresh for fresh in set_now))
    winner = next(now, primary[0] if primary else None)
    for one in primary:
        one["primary"] = one is winner
    return elements


def too_many_values(place: str) -> ScimError:
    return invalid_value(f"{place} has more than the {current().scim_max_values} values we keep. Send fewer of them.")


def _complex(attribute: Attribute, value: object, place: str) -> Document | None:
    if value is None or value in ("", []):
        return None
    if not isinstance(value, dict):
        parts = ", ".join(part.name for part in attribute.sub[:3])
        raise invalid_value(f"{place} must be an object with parts such as {parts}.")
    kept: Document = {}
    for name, one in value.items():
        part = attribute.find(name)
        if part is None or part.read_only:
            continue
        if (cleaned := _simple(part, one, f"{place}.{part.name}")) is not None:
            kept[part.name] = cleaned
    return kept or None


def _simple(attribute: Attribute, value: object, place: str) -> str | bool | int | float | None:
    if attribute.type == BOOLEAN:
        return dialects.truth(value, place)
    if attribute.type in measures.MEASURES:
        return measures.clean(attribute, value, place)
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str):
        raise invalid_value(f"{place} must be one text. Map a single value to it in the identity provider.")
    is_key = place in KEYS or place == "emails.value"
    longest = LONGEST_KEY if is_key else current().scim_max_text
    if len(value) > longest or (is_key and len(key(value)) > longest):  # one character may fold into eighteen
        raise invalid_value(f"{place} is longer than the {longest} characters we keep. Shorten it at its source.")
    return value
