"""Filter nodes as SQLAlchemy expressions: indexed columns where there are some, the kept document everywhere else.

An attribute nobody knows is `invalidFilter`, never a condition left out (RFC 7644 §3.4.2.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.models import DirectoryGroup, DirectoryGroupMember, DirectoryUser
from portal.models.base import key
from portal.models.text import folded
from portal.scim import comparing, elements
from portal.scim.attributes import BOOLEAN, COMPLEX, ENTERPRISE, PEOPLE, Attribute, Kind
from portal.scim.comparing import Condition, Sql
from portal.scim.errors import invalid_filter
from portal.scim.filters import Both, Compare, Either, Node, Not, Path, Within

Row = type[DirectoryUser] | type[DirectoryGroup]


@dataclass(frozen=True)
class Compiler:
    kind: Kind
    row: Row

    def condition(self, node: Node) -> Condition:
        if isinstance(node, Both):
            return sa.and_(*map(self.condition, node.parts))
        if isinstance(node, Either):
            return sa.or_(*map(self.condition, node.parts))
        if isinstance(node, Not):
            return ~sa.func.coalesce(self.condition(node.part), sa.false())
        return self._within(node) if isinstance(node, Within) else self._compare(node)

    def order(self, name: str) -> Sql:
        """What to sort by: any attribute with one value (RFC 7644 §3.4.2.3); of the addresses, the one in force."""
        path = path_of(name)
        urn, attribute = self._resolve(path)
        if attribute.many and attribute.name != "emails":
            raise invalid_filter(f"{name} has several values, so nothing can be sorted by it.")
        if attribute.name == "emails":
            return DirectoryUser.__table__.c.email_key
        if attribute.type == COMPLEX and attribute.name != "meta" and not path.sub:
            raise invalid_filter(f"{name} has parts. Sort by one of them.")
        column = self._column(attribute, path)
        return column if column is not None else folded(self._text(urn, attribute, path))

    def _compare(self, node: Compare) -> Condition:
        urn, attribute = self._resolve(node.path)
        special = _SPECIAL.get((self.kind.name, attribute.name))
        if special:
            return special(node)
        if attribute.many:
            return self._among(urn, attribute, node)
        leaf = _leaf(attribute, node.path.sub)
        if (column := self._column(attribute, node.path)) is not None:
            return comparing.column(column, leaf, node)
        if leaf.type == BOOLEAN:
            return comparing.boolean(self._json(urn, attribute, node.path).as_boolean(), node)
        return comparing.text(self._text(urn, attribute, node.path), leaf, node)

    def _among(self, urn: str, attribute: Attribute, node: Compare) -> Condition:
        """A multi-valued attribute matches when one of its values does; `ne` when none equals."""
        leaf = attribute.find(node.path.sub or "value")
        if leaf is None:
            raise invalid_filter(f"{attribute.name} has no part called {node.path.sub or 'value'}.")
        if node.operator == "ne":
            return ~self._among(urn, attribute, Compare(node.path, "eq", node.value))
        if node.operator == "pr" and not node.path.sub:
            return elements.exist(self._document(urn), attribute.name, lambda _: sa.true())
        inner = Compare(Path(leaf.name), node.operator, node.value)
        return self._within(Within(Path(attribute.name, "", urn), inner))

    def _within(self, node: Within) -> Condition:
        urn, attribute = self._resolve(node.path)
        special = _SPECIAL.get((self.kind.name, attribute.name))
        if special:
            return special(node.inner)
        if not attribute.many:
            raise invalid_filter(f"{attribute.name} has one value only, so it takes no [ ].")
        return elements.exist(self._document(urn), attribute.name, lambda part: _inside(node.inner, attribute, part))

    def _resolve(self, path: Path) -> tuple[str, Attribute]:
        found = self.kind.resolve(path.name, path.urn)
        if found is None:
            raise invalid_filter(f"We keep no attribute called {path.name}, so nothing can be filtered by it.")
        return found

    def _column(self, attribute: Attribute, path: Path) -> Sql | None:
        name = f"{attribute.name}.{_leaf(attribute, path.sub).name}" if path.sub else attribute.name
        column: Sql | None = _COLUMNS[self.kind.name](self.row).get(name)
        return column

    def _document(self, urn: str) -> Sql:
        document = self.row.__table__.c.data
        return document[urn] if urn else document

    def _json(self, urn: str, attribute: Attribute, path: Path) -> Any:
        names = [part for part in (urn, attribute.name, _leaf(attribute, path.sub).name if path.sub else "") if part]
        if attribute.type == COMPLEX and not path.sub and attribute.find("value"):
            names.append("value")  # RFC 7644 §3.4.2.2: a complex attribute stands for its value
        return self.row.__table__.c.data[tuple(names)]

    def _text(self, urn: str, attribute: Attribute, path: Path) -> Sql:
        return self._json(urn, attribute, path).as_string()


def path_of(name: str) -> Path:
    """`urn:…:User:name.givenName` as its parts; the URN's own dots and colons stay with it."""
    for schema in (ENTERPRISE, PEOPLE.schema.urn, "urn:ietf:params:scim:schemas:core:2.0:Group"):
        if name.casefold().startswith(f"{schema.casefold()}:"):
            rest = name[len(schema) + 1 :]
            return Path(*_halves(rest), urn=schema)
    return Path(*_halves(name))


def _halves(name: str) -> tuple[str, str]:
    first, _, rest = name.partition(".")
    return first, rest


def _leaf(attribute: Attribute, sub: str) -> Attribute:
    if not sub:
        return attribute.find("value") or attribute
    found = attribute.find(sub)
    if found is None:
        raise invalid_filter(f"{attribute.name} has no part called {sub}.")
    return found


def _inside(node: Node, attribute: Attribute, part: Callable[[str, str], Sql]) -> Condition:
    """A filter in [ ], about one element."""
    if isinstance(node, Both):
        return sa.and_(*(_inside(one, attribute, part) for one in node.parts))
    if isinstance(node, Either):
        return sa.or_(*(_inside(one, attribute, part) for one in node.parts))
    if isinstance(node, Not):
        return ~sa.func.coalesce(_inside(node.part, attribute, part), sa.false())
    if isinstance(node, Within):
        raise invalid_filter("A filter in [ ] holds no other one.")
    leaf = attribute.find(node.path.name)
    if leaf is None:
        raise invalid_filter(f"{attribute.name} has no part called {node.path.name}.")
    value = part(leaf.name, leaf.type)
    return comparing.boolean(value, node) if leaf.type == BOOLEAN else comparing.text(value, leaf, node)


def _value_of(node: Node, subject: str) -> str:
    """The id in `members.value eq "…"` or `members[value eq "…"]`."""
    if isinstance(node, Compare) and node.operator == "eq" and node.path.sub.casefold() in ("", "value"):
        return str(node.value or "")
    raise invalid_filter(f"{subject} can be filtered by `value eq` only.")


def _members(node: Node) -> Condition:
    return sa.exists().where(
        DirectoryGroupMember.organization_id == DirectoryGroup.organization_id,
        DirectoryGroupMember.group_id == DirectoryGroup.id,
        DirectoryGroupMember.directory_user_id == comparing.identifier(_value_of(node, "members")),
    )


def _groups(node: Node) -> Condition:
    return sa.exists().where(
        DirectoryGroupMember.organization_id == DirectoryUser.organization_id,
        DirectoryGroupMember.directory_user_id == DirectoryUser.id,
        DirectoryGroupMember.group_id == comparing.identifier(_value_of(node, "groups")),
    )


def _schemas(node: Node) -> Condition:
    if not isinstance(node, Compare):
        raise invalid_filter("schemas takes no [ ].")
    wanted = key(str(node.value or ""))
    if wanted == key(ENTERPRISE):
        return DirectoryUser.data[ENTERPRISE].as_string().is_not(None)
    return sa.true() if wanted == key(PEOPLE.schema.urn) or node.operator == "pr" else sa.false()


_SPECIAL: dict[tuple[str, str], Callable[[Node], Condition]] = {
    ("Group", "members"): _members,
    ("User", "groups"): _groups,
    ("User", "schemas"): _schemas,
}
_COMMON = {"id": "id", "externalId": "external_id", "meta.created": "created_at", "meta.lastModified": "changed_at"}
_COLUMNS: dict[str, Callable[[Row], dict[str, Sql]]] = {
    "User": lambda row: _named(row, _COMMON | {"userName": "user_name_key", "active": "active"}),
    "Group": lambda row: _named(row, _COMMON | {"displayName": "display_name_key"}),
}


def _named(row: Row, names: dict[str, str]) -> dict[str, Sql]:
    columns = row.__table__.c
    return {name: columns[column] for name, column in names.items()}
