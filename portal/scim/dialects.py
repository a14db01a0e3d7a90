"""What IdPs really send, one named function per oddity; each has its recorded example in tests/recorded."""

import re

from portal.scim.attributes import Kind
from portal.scim.errors import invalid_syntax, invalid_value

_TRUTH = {"true": True, "false": False}


def truth(value: object, place: str) -> bool | None:
    """Entra without its flag sends "False" as text, and "True" for `primary` (tests/recorded/entra/scim/active-as-text)."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    raise invalid_value(f"{place} must be true or false.")


def operation_name(value: object) -> str:
    """Entra capitalises: "Add", "Replace", "Remove" (tests/recorded/entra/scim/replace-several)."""
    name = str(value).lower()
    if name not in ("add", "replace", "remove"):
        raise invalid_syntax(f"The operation {str(value)[:40]!r} is none of add, replace and remove.")
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
    of Microsoft's sends."""
    for schema in (kind.schema, *kind.extensions):
        if name.casefold() == schema.urn.casefold():
            return schema.urn, ""
        if name.casefold().startswith((f"{schema.urn.casefold()}:", f"{schema.urn.casefold()}.")):
            return schema.urn, name[len(schema.urn) + 1 :]
    return "", name


def one_reference(value: object) -> object:
    """A manager as bare text, or as a list of one (tests/recorded/entra/scim/manager-forms)."""
    if isinstance(value, list):
        value = value[0] if value else None
    return {"value": value} if isinstance(value, str) and value else value


def member_ids(value: object) -> list[str]:
    """Members as a list of objects, one object, or bare ids; null means nobody."""
    found: list[str] = []
    for one in value if isinstance(value, list) else [] if value is None else [value]:
        member = one.get("value") if isinstance(one, dict) else one
        if not isinstance(member, str) or not member:
            raise invalid_value("Each member needs the id of a person, as `value`.")
        found.append(member)
    return found


_ONE_MEMBER = re.compile(r'members\[\s*value\s+eq\s+"([^"\\]*)"\s*\]', re.IGNORECASE)


def one_member(path: str) -> str | None:
    """Okta's and Entra's `members[value eq "…"]` (tests/recorded/okta/scim/group-member-swap)."""
    found = _ONE_MEMBER.fullmatch(path.strip())
    return found[1] if found else None


def _merged(former: object, value: object) -> object:
    return {**former, **value} if isinstance(former, dict) and isinstance(value, dict) else value


def _inner(former: object, name: str) -> object:
    return former.get(name) if isinstance(former, dict) else None
