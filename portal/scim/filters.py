"""SCIM filters: scim2-filter-parser's lexer and grammar, repaired, then turned into nodes of our own.

What it gets wrong by itself, and we mend: `and` binds no tighter than `or`, numbers have one digit, strings keep their
escapes, names may not begin with a keyword, and nothing is limited (see docs/decisions/scim-filters.md).
"""

import json
import re
from dataclasses import dataclass

from scim2_filter_parser import ast
from scim2_filter_parser.lexer import SCIMLexer
from scim2_filter_parser.parser import SCIMParser, SCIMParserError

from portal.scim import redaction
from portal.scim.errors import invalid_filter

LONGEST, MOST_TERMS, DEEPEST = 8_000, 200, 24
_OPERATORS = frozenset({"EQ", "NE", "CO", "SW", "EW", "GT", "GE", "LT", "LE", "PR"})
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # NUL, and half of a surrogate pair
_LOOK_UP = re.compile(r'(userName|externalId|displayName|id) eq "([^"\\\x00-\x1f\ud800-\udfff]{,1000})"')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Path:
    """An attribute as a filter names it; `urn` is empty where none was given."""

    name: str
    sub: str = ""
    urn: str = ""


@dataclass(frozen=True)
class Compare:
    """`value` is None for `pr` and for the literal null; `operator` is in lower case."""

    path: Path
    operator: str
    value: str | bool | int | float | None = None


@dataclass(frozen=True)
class Both:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Either:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class Within:
    """`emails[…]`: the inner filter holds for one and the same element."""

    path: Path
    inner: "Node"


Node = Compare | Both | Either | Not | Within


class _Text(str):
    """A JSON string, as opposed to the word null."""


class _Lexer(SCIMLexer):
    tokens = SCIMLexer.tokens
    FALSE = r"[fF][aA][lL][sS][eE](?![A-Za-z0-9_$:-])"
    TRUE = r"[tT][rR][uU][eE](?![A-Za-z0-9_$:-])"
    NULL = r"[nN][uU][lL][lL](?![A-Za-z0-9_$:-])"
    NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"

    @_(r'"(?:[^"\\\x00-\x1f]|\\.)*"')  # type: ignore[name-defined]  # noqa: F821
    def COMP_VALUE(self, token):  # type: ignore[no-untyped-def]  # noqa: N802
        text = json.loads(token.value)
        if _UNKEPT.search(text):
            raise ValueError("no text a database keeps")
        token.value = _Text(text)
        return token


def parse(text: str) -> Node:
    """The filter as nodes; `invalidFilter` when it is none, or is larger than anybody needs."""
    if plain := _LOOK_UP.fullmatch(text):  # what most requests ask: no need to take it apart by a grammar
        return Compare(Path(plain[1]), "eq", plain[2])
    _limit(text)
    try:
        tokens = list(_Lexer().tokenize(text))
        if sum(token.type in _OPERATORS for token in tokens) > MOST_TERMS:
            raise invalid_filter(f"The filter has more than {MOST_TERMS} conditions. Ask in several requests.")
        tree = SCIMParser().parse(iter(tokens))
        if tree is None:
            raise invalid_filter(
                'The filter is empty. Leave it out, or write one such as userName eq "ada@example.com".'
            )
        return _filter(tree)
    except (SCIMParserError, ValueError, RecursionError, AttributeError, TypeError) as error:
        shown = redaction.expression(text if len(text) < 120 else text[:117] + "...")
        raise invalid_filter(
            f'This filter cannot be understood: {shown} — write it like userName eq "ada@example.com", with the value in '
            "double quotes."
        ) from error


def _limit(text: str) -> None:
    if len(text) > LONGEST:
        raise invalid_filter(f"The filter is longer than {LONGEST} characters. Ask in several requests.")
    depth = 0
    for character in _QUOTED.sub("", text):
        depth += (character in "([") - (character in ")]")
        if depth > DEEPEST:
            raise invalid_filter(
                f"The filter is nested deeper than {DEEPEST} levels. Take out brackets it does not need."
            )


def _filter(node: ast.AST) -> Node:
    if isinstance(node, ast.AttrExpr):
        return _compare(node)
    if not isinstance(node, ast.Filter):
        raise ValueError("not a filter")
    if node.namespace is not None:
        return _within(node)
    inner = _chain(node) if isinstance(node.expr, ast.LogExpr) else _filter(node.expr)
    return Not(inner) if node.negated else inner


def _chain(node: ast.Filter) -> Node:
    """The grammar gives `and` and `or` one level: cut the chain at each `or` (RFC 7644 §3.4.2.2). Explicit parentheses
    arrive as a Filter around a Filter, and stay whole."""
    terms: list[ast.AST] = []
    words: list[str] = []
    _flatten(node.expr, terms, words)
    groups: list[list[Node]] = [[_filter(terms[0])]]
    for word, term in zip(words, terms[1:], strict=True):
        if word == "or":
            groups.append([])
        groups[-1].append(_filter(term))
    parts = [group[0] if len(group) == 1 else Both(tuple(group)) for group in groups]
    return parts[0] if len(parts) == 1 else Either(tuple(parts))


def _flatten(expression: ast.LogExpr, terms: list[ast.AST], words: list[str]) -> None:
    for side, last in ((expression.expr1, False), (expression.expr2, True)):
        bare = isinstance(side, ast.Filter) and not side.negated and side.namespace is None
        if bare and isinstance(side.expr, ast.LogExpr):
            _flatten(side.expr, terms, words)
        else:
            terms.append(side)
        if not last:
            words.append(expression.op.lower())


def _within(node: ast.Filter) -> Node:
    if isinstance(node.namespace.attr_name, ast.Filter):
        raise ValueError("nested value path")
    path = _path(node.namespace)
    inner = _filter(node.expr)
    if _holds_within(inner):
        raise ValueError("nested value path")
    return Not(Within(path, inner)) if node.negated else Within(path, inner)


def _holds_within(node: Node) -> bool:
    if isinstance(node, Both | Either):
        return any(map(_holds_within, node.parts))
    return isinstance(node, Within) or (isinstance(node, Not) and _holds_within(node.part))


def _compare(node: ast.AttrExpr) -> Node:
    value = _value(node.comp_value)
    operator = node.value.lower()
    if isinstance(node.attr_path.attr_name, ast.Filter):
        return _entra_value_path(node.attr_path.attr_name, operator, value)
    return Compare(_path(node.attr_path), operator, value)


def _entra_value_path(inner: ast.Filter, operator: str, value: str | bool | float | None) -> Node:
    """`emails[type eq "work"].value eq "x"`: not in the RFC's grammar, but Entra matches people by it
    (tests/recorded/entra/scim/match-by-work-mail)."""
    inner = inner.expr if isinstance(inner.expr, ast.Filter) and inner.expr.namespace is not None else inner
    path = _path(inner.namespace)
    if not path.sub:
        raise ValueError("a value path compared without a sub-attribute")
    compared = Compare(Path(path.sub), operator, value)
    return Within(Path(path.name, "", path.urn), Both((_filter(inner.expr), compared)))


def _path(path: ast.AttrPath) -> Path:
    if not isinstance(path.attr_name, str):
        raise ValueError("not an attribute")
    return Path(path.attr_name, path.sub_attr.value if path.sub_attr else "", (path.uri or "").rstrip(":"))


def _value(value: ast.CompValue | None) -> str | bool | int | float | None:
    if value is None or isinstance(value.value, _Text):
        return None if value is None else str(value.value)
    word = value.value.lower()
    return {"true": True, "false": False, "null": None}[word] if word in ("true", "false", "null") else json.loads(word)
