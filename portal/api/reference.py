"""The description of the API for people: /api/docs to try it, /api/reference to read it, made from the same views."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from markupsafe import Markup, escape

from portal.api import bp
from portal.api.description import Document, document
from portal.web.access import access

NAMES = {"api_keys": "API keys", "setup_links": "Setup links"}
ICONS = {
    "api_keys": "key-round", "connections": "log-in", "directories": "refresh-cw", "domains": "globe",
    "events": "activity", "members": "users", "organizations": "building-2", "receipts": "badge-check",
    "roles": "shield-check", "sessions": "lock", "setup_links": "link", "users": "user", "webhooks": "send",
}  # fmt: skip
SCALARS = {"string": "text", "integer": "number", "boolean": "true or false", "object": "object", "null": "null"}


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    words: Markup
    required: bool


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    words: str
    scope: str
    asked: list[Field]
    body: str
    answer: str
    status: str


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    icon: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class Link:
    label: str
    icon: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Shown:
    """A shape: what is sent or answered, field by field."""

    name: str
    words: Markup
    fields: list[Field]


@bp.get("/docs")
@access("public")
def show_docs() -> str:
    return render_template("api/docs.html", title="API")


@bp.get("/reference")
@access("public")
def show_reference() -> str:
    described = document()
    shapes = [_shape(name, schema) for name, schema in sorted(described["components"]["schemas"].items())]
    sections = _sections(described)
    return render_template(
        "api/reference.html", title="API reference", sections=sections, shapes=shapes, nav=_nav(sections),
        about=_words(described["info"]["description"]), server=described["servers"][0]["url"],
    )  # fmt: skip


def _nav(sections: list[Section]) -> list[tuple[str, list[Link]]]:
    links = [Link(section.title, section.icon, f"#{section.id}") for section in sections]
    return [("API", [*links, Link("Shapes", "list-checks", "#shapes")])]


def _sections(described: Document) -> list[Section]:
    found: dict[str, Section] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            tag = operation["tags"][0]
            title = NAMES.get(tag, tag.replace("_", " ").capitalize())
            found.setdefault(tag, Section(tag, title, ICONS.get(tag, "info"))).operations.append(
                _operation(path, method, operation)
            )
    return sorted(found.values(), key=lambda section: section.title)


def _operation(path: str, method: str, operation: Document) -> Operation:
    status, answer = next(iter(operation["responses"].items()))
    return Operation(
        operation["operationId"], method.upper(), path, operation["summary"].rstrip("."), operation["security"][0]["key"][0],
        [_field(one["name"], one["schema"], one.get("description", ""), one["required"]) for one in operation["parameters"]],
        _named(operation.get("requestBody", {})), _named(answer), status,
    )  # fmt: skip


def _shape(name: str, schema: Document) -> Shown:
    required = schema.get("required", [])
    fields = [_field(one, said, "", one in required) for one, said in schema.get("properties", {}).items()]
    return Shown(name, _words(schema.get("description", "")), fields)


def _field(name: str, schema: Document, words: str, required: bool) -> Field:
    return Field(name, _kind(schema), _words(words or schema.get("description", "")), required)


def _named(content: Document) -> str:
    """The shape that is sent or answered."""
    for said in content.get("content", {}).values():
        name: str = said["schema"]["$ref"].rpartition("/")[2]
        return name
    return ""


def _words(text: str) -> Markup:
    """What stands between backticks is code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


def _kind(schema: Any) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name: str = schema["$ref"].rpartition("/")[2]
        return name
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"])) if len(schema["enum"]) <= 8 else "a known word"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or SCALARS.get(schema.get("type"), schema.get("type", "anything")))
