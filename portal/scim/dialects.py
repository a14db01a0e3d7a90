"""What IdPs really send, one named function per oddity; each has its recorded example in tests/recorded."""

import re

from portal.organizations.refusals import GroupInGroup
from portal.scim.attributes import Kind
from portal.scim.errors import invalid_syntax, invalid_value

_TRUTH = {"true": True, "false": False}


def truth(value: object, place: str) -> bool | None:
    """Entra without its flag sends "False" as text, and "True" for `primary` (tests/recorded/entra/scim/active-as-text)."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    raise invalid_value(f"{place} must be true or false, not {str(value)[:40]!r}. Map it so in the identity provider.")


def operation_name(value: object) -> str:
    """Entra capitalises: "Add", "Replace", "Remove" (tests/recorded/entra/scim/replace-several)."""
    name = value.strip().lower() if isinstance(value, str) else ""
    if name not in ("add", "replace", "remove"):
        said = f"The op {str(value)[:40]!r} is" if value is not None else "An operation without op is"
        raise invalid_syntax(f"{said} none of add, replace and remove.")
    return name


def expand_keys(kind: Kind, body: dict[str, object]) -> dict[str, object]:
    """Entra with its flag sends "name.givenName" and "urn:…:User:department" as keys of one flat object
    (tests/recorded/entra/scim/flat-replace)."""
    expanded: dict[str, object] = {}
    for name, value in body.items():
        urn, rest = split_urn(kind, name)
        first, dot, sub = rest.partition(".")
        if not rest or (not urn and not dot) or (dot and not kind.resolve(first, urn)):
            expanded[name] = _merged(expanded.get(name), value)
            continue
        inner: object = {sub: value} if dot else value
        if urn and urn.casefold() != kind.schema.urn.casefold():
            expanded[urn] = _merged(expanded.get(urn), {first: _merged(_inner(expanded.get(urn), first), inner)})
        else:
            expanded[first] = _merged(expanded.get(first), inner)
    return expanded


def split_urn(kind: Kind, name: str) -> tuple[str, str]:
    """(URN, rest) of a name that begins with a schema of this kind; also `urn:…:User.manager`, which one Postman collection
    of Microsoft's sends (tests/recorded/entra/scim/manager-at-dotted-urn)."""
    if not name.casefold().startswith("urn:"):
        return "", name
    for schema in (kind.schema, *kind.extensions):
        if name.casefold() == schema.urn.casefold():
            return schema.urn, ""
        if name.casefold().startswith((f"{schema.urn.casefold()}:", f"{schema.urn.casefold()}.")):
            return schema.urn, name[len(schema.urn) + 1 :]
    return "", name


def is_value_path(name: str) -> bool:
    """A path with [ ] as a key of a path-less value: other servers kept it as an attribute of that literal name
    (tests/recorded/entra/scim/value-path-as-key)."""
    return "[" in name and "]" in name


def one_reference(value: object) -> object:
    """A manager as bare text, or as a list of one (tests/recorded/entra/scim/manager-forms)."""
    if isinstance(value, list):
        value = value[0] if value else None
    return {"value": value} if isinstance(value, str) and value else value


def without_stale_reference(former: object, changed: dict[str, object]) -> dict[str, object]:
    """Another manager sent as bare id must not keep the former one's address (tests/recorded/entra/scim/manager-changes)."""
    if isinstance(former, dict) and former.get("value") != changed.get("value"):
        return {name: one for name, one in changed.items() if name != "$ref" or one != former.get("$ref")}
    return changed


def is_named(element: dict[str, object], value: object) -> bool:
    """A remove operation names in its value what to take: a list, one object, or bare values. Without a value everything at
    the path is meant, as the RFC says; with one, never more than it names (tests/recorded/entra/scim/roles-removed-by-value)."""
    if value is None:
        return True
    for one in value if isinstance(value, list) else [value]:
        wanted = {"value": one} if isinstance(one, str) else one if isinstance(one, dict) else {}
        known = {name: part for name, part in wanted.items() if name in ("value", "type") and part is not None}
        if known and all(element.get(name) == part for name, part in known.items()):
            return True
    return False


def member_ids(value: object) -> list[str]:
    """Members as a list of objects, one object, bare ids, or by their address alone; null means nobody
    (tests/recorded/keycloak/scim/group-with-relative-references)."""
    found: list[str] = []
    for one in value if isinstance(value, list) else [] if value is None else [value]:
        member = _member_id(one) if isinstance(one, dict) else one
        if not isinstance(member, str) or not member:
            raise invalid_value(
                "Each member needs the id of a person as its value, as we gave it when the person was created."
            )
        found.append(member)
    return found


def _member_id(member: dict[str, object]) -> object:
    address = str(member.get("$ref") or "")
    if str(member.get("type") or "").casefold() == "group" or "/groups/" in f"/{address.casefold()}":
        raise GroupInGroup
    return member.get("value") or (address.rpartition("/")[2] if "users/" in address.casefold() else None)


_ONE_MEMBER = re.compile(r'members\[\s*value\s+eq\s+"([^"\\]*)"\s*\]', re.IGNORECASE)


def one_member(path: str) -> str | None:
    """Okta's and Entra's `members[value eq "…"]`, known without parsing (tests/recorded/okta/scim/group-member-swap)."""
    found = _ONE_MEMBER.fullmatch(path.strip())
    return found[1] if found else None


def _merged(former: object, value: object) -> object:
    return {**former, **value} if isinstance(former, dict) and isinstance(value, dict) else value


def _inner(former: object, name: str) -> object:
    return former.get(name) if isinstance(former, dict) else None
