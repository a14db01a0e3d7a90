"""Filter nodes as SQLAlchemy expressions: indexed columns where there are some, the kept document everywhere else.

An attribute nobody knows is `invalidFilter`, never a condition left out (RFC 7644 §3.4.2.2). Only at the root, where several
kinds are searched at once, it is false of those that do not have it (§3.4.2.1): there the compiler is `lenient`.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.models import DirectoryGroup, DirectoryUser
from portal.models.text import folded
from portal.scim import belonging, comparing, elements, matching, measures
from portal.scim.attributes import BOOLEAN, COMPLEX, GROUP, KINDS, Attribute, Kind
from portal.scim.comparing import Condition, Sql
from portal.scim.errors import invalid_filter, invalid_value
from portal.scim.filters import Both, Compare, Either, Node, Not, Path, Within

Row = type[DirectoryUser] | type[DirectoryGroup]
Part = Callable[[str, str], Sql]
ROWS = ("members", "groups")  # kept in a table of their own, not in the document
INDEXED = ("id", "user_name_key", "display_name_key", "external_id")


@dataclass(frozen=True)
class Compiler:
    kind: Kind
    row: Row
    lenient: bool = False

    def condition(self, node: Node) -> Condition:
        if isinstance(node, Both):
            return sa.and_(*map(self.condition, node.parts))
        if isinstance(node, Either):
            return sa.or_(*map(self.condition, node.parts))
        if isinstance(node, Not):
            return _not(self.condition(node.part))
        if self.lenient and self.kind.resolve(node.path.name, node.path.urn) is None:
            return sa.false()
        return self._within(node) if isinstance(node, Within) else self._compare(node)

    def look_up(self, node: Node) -> tuple[str, object] | None:
        """The column and the value, where exactly one value of an indexed column is asked for, and nothing else."""
        if not isinstance(node, Compare) or node.operator != "eq" or not isinstance(node.value, str):
            return None
        found = self.kind.resolve(node.path.name, node.path.urn)
        column = self._column(found[1], node.path) if found else None
        if column is None or column.key not in INDEXED:
            return None
        return column.key, comparing.exactly(column, node.value)

    def order(self, name: str) -> Sql | None:
        """What to sort by (RFC 7644 §3.4.2.3): of several values the primary one, else the first; without case where the
        attribute has none."""
        path = path_of(self.kind, name)
        found = self.kind.resolve(path.name, path.urn)
        if found is None and self.lenient:
            return None
        if found is None or found[1].name in (*ROWS, "schemas"):
            raise invalid_value(f"Nothing can be sorted by {name[:60]!r}. Choose another attribute as sortBy.")
        urn, attribute = found
        leaf = attribute.find(path.sub) if path.sub else attribute.find("value") or attribute
        if leaf is None:
            raise invalid_value(_no_part(attribute, path.sub))
        if leaf.type == COMPLEX:
            raise invalid_value(f"{attribute.name} has parts. Sort by one of them, such as {name}.{leaf.sub[0].name}.")
        if attribute.many:
            return _ordered(elements.first(self._document(urn), attribute.name, leaf.name, leaf.type), leaf)
        column = self._column(attribute, path)
        return column if column is not None else _ordered(self._json(urn, attribute, path), leaf)

    def _compare(self, node: Compare) -> Condition:
        urn, attribute = self._resolve(node.path)
        if attribute.name == "schemas":
            return self._schemas(node)
        if attribute.many:
            return self._among(urn, attribute, node)
        leaf = _leaf(attribute, node.path.sub)
        if (column := self._column(attribute, node.path)) is not None:
            return comparing.compare(column, leaf, node)
        if attribute.name == "meta":
            return self._meta(node)
        json = self._json(urn, attribute, node.path, whole=node.operator == "pr")
        return comparing.compare(measures.of(json, leaf.type), leaf, node)

    def _meta(self, node: Compare) -> Condition:
        if node.operator == "pr":
            return sa.true()
        raise invalid_filter(f"Nothing can be filtered by meta.{node.path.sub}. Filter by id or by meta.lastModified.")

    def _among(self, urn: str, attribute: Attribute, node: Compare) -> Condition:
        """A multi-valued attribute matches when one of its values does; `ne` when none equals."""
        leaf = attribute.find(node.path.sub or "value")
        if node.operator == "pr" and not node.path.sub:
            return self._exist(urn, attribute, lambda _: sa.true())
        if leaf is None:
            raise invalid_filter(_no_part(attribute, node.path.sub or "value"))
        if node.operator == "ne":
            return _not(self._among(urn, attribute, Compare(node.path, "eq", node.value)))
        inner = Compare(Path(leaf.name), node.operator, node.value)
        found = self._within(Within(Path(attribute.name, "", urn), inner))
        if node.operator == "eq" and node.value is None:
            return sa.or_(found, _not(self._exist(urn, attribute, lambda _: sa.true())))
        return found

    def _within(self, node: Within) -> Condition:
        urn, attribute = self._resolve(node.path)
        if not attribute.many or not attribute.sub:
            raise invalid_filter(f"{attribute.name} is no list of values with parts, so it takes no [ ].")
        return self._exist(urn, attribute, lambda part: _inside(node.inner, attribute, part))

    def _exist(self, urn: str, attribute: Attribute, test: Callable[[Part], Condition]) -> Condition:
        if attribute.name in ROWS:
            return belonging.exist(self.kind.name, test)
        return elements.exist(self._document(urn), attribute.name, test)

    def _schemas(self, node: Compare) -> Condition:
        """The schema of the kind, and the extensions the document has something of; URNs have no case (RFC 7643 §3)."""
        if node.operator == "ne":
            return _not(self._schemas(Compare(node.path, "eq", node.value)))
        if node.operator == "pr" or matching.passes(node, self.kind.schema.urn):
            return sa.true()
        named = [schema.urn for schema in self.kind.extensions if matching.passes(node, schema.urn)]
        return sa.or_(sa.false(), *(self._document(urn).as_string().is_not(None) for urn in named))

    def _resolve(self, path: Path) -> tuple[str, Attribute]:
        found = self.kind.resolve(path.name, path.urn)
        if found is None:
            written = f"{path.urn}:{path.name}" if path.urn else path.name
            raise invalid_filter(
                f"We keep no attribute called {written[:120]!r}, so nothing can be filtered by it. "
                "Match by userName or externalId in the identity provider."
                if self.kind.name == "User"
                else f"We keep no attribute called {written[:120]!r}, so no group can be filtered by it."
            )
        return found

    def _column(self, attribute: Attribute, path: Path) -> Sql | None:
        name = f"{attribute.name}.{_leaf(attribute, path.sub).name}" if path.sub else attribute.name
        return _columns(self.kind.name, self.row).get(name)

    def _document(self, urn: str) -> Sql:
        document = self.row.__table__.c.data
        return document[urn] if urn else document

    def _json(self, urn: str, attribute: Attribute, path: Path, *, whole: bool = False) -> Any:
        names = [part for part in (urn, attribute.name, _leaf(attribute, path.sub).name if path.sub else "") if part]
        if attribute.type == COMPLEX and not path.sub and attribute.find("value") and not whole:
            names.append("value")  # RFC 7644 §3.4.2.2: a complex attribute stands for its value
        return self.row.__table__.c.data[tuple(names)]


def members_where(group: DirectoryGroup, node: Node) -> list[uuid.UUID]:
    """The people of a group that a filter in [ ] chooses."""
    attribute = GROUP.find("members")
    assert attribute is not None  # noqa: S101 (a row of attributes.py)
    return belonging.members_of(group, lambda part: _inside(node, attribute, part))


def path_of(own: Kind, name: str) -> Path:
    """`urn:…:User:name.givenName` as its parts; the URN's own dots and colons stay with it."""
    for kind in (own, *KINDS):
        for schema in (kind.schema, *kind.extensions):
            if name.casefold().startswith(f"{schema.urn.casefold()}:"):
                return Path(*_halves(name[len(schema.urn) + 1 :]), urn=schema.urn)
    return Path(*_halves(name))


def _halves(name: str) -> tuple[str, str]:
    first, _, rest = name.partition(".")
    return first, rest


def _not(condition: Condition) -> Condition:
    """What is neither true nor false in SQL is not true here."""
    return ~sa.func.coalesce(condition, sa.false())


def _ordered(value: Any, leaf: Attribute) -> Sql:
    found: Sql = value if isinstance(value, sa.ScalarSelect) else measures.of(value, leaf.type)
    return found if leaf.case_exact or leaf.type in (BOOLEAN, *measures.MEASURES) else folded(found)


def _leaf(attribute: Attribute, sub: str) -> Attribute:
    if not sub:
        return attribute.find("value") or attribute
    found = attribute.find(sub)
    if found is None:
        raise invalid_filter(_no_part(attribute, sub))
    return found


def _no_part(attribute: Attribute, sub: str) -> str:
    if not attribute.sub:
        return f"{attribute.name} has no parts, so {attribute.name}.{sub[:60]} is nothing."
    known = ", ".join(part.name for part in attribute.sub)
    return f"{attribute.name} has no part called {sub[:60]!r}. Its parts are {known}."


def _inside(node: Node, attribute: Attribute, part: Part) -> Condition:
    """A filter in [ ], about one element."""
    if isinstance(node, Both):
        return sa.and_(*(_inside(one, attribute, part) for one in node.parts))
    if isinstance(node, Either):
        return sa.or_(*(_inside(one, attribute, part) for one in node.parts))
    if isinstance(node, Not):
        return _not(_inside(node.part, attribute, part))
    if isinstance(node, Within):
        raise invalid_filter("A filter in [ ] holds no other one.")
    leaf = matching.part_of(attribute, node)
    return comparing.compare(part(leaf.name, leaf.type), leaf, node)


_COMMON = {"id": "id", "externalId": "external_id", "meta.created": "created_at", "meta.lastModified": "changed_at"}
_OWN = {"User": {"userName": "user_name_key", "active": "active"}, "Group": {"displayName": "display_name_key"}}


@cache
def _columns(kind: str, row: Row) -> dict[str, Sql]:
    """Attributes that have a column, or follow from one."""
    columns = row.__table__.c
    version = sa.literal('W/"') + sa.cast(columns["version"], sa.String()) + sa.literal('"')
    computed: dict[str, Sql] = {"meta.resourceType": sa.literal(kind), "meta.version": version}
    return computed | {name: columns[column] for name, column in (_COMMON | _OWN[kind]).items()}
