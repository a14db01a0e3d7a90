"""/api/openapi.json: the API described in OpenAPI 3.1, made from the views themselves."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from portal.api import bp, problems
from portal.api.speaking import ProblemShape, Spoken
from portal.settings import current
from portal.web.access import access, declared

Document = dict[str, Any]
VARIABLE = re.compile(r"<(?:(\w+):)?(\w+)>")
REFS = "#/components/schemas/{model}"
ABOUT = (
    "Organizations, their people, sign-in and provisioning. Every list is read page by page: send the `next` of an answer "
    "as `after`. Errors are problem+json; rely on `code`. What does not exist and what a key cannot see answer alike."
)


@bp.get("/openapi.json")
@access("public")
def show_description() -> Response:
    """The description itself."""
    return jsonify(document())


def document() -> Document:
    views = list(_views())
    names, schemas = _schemas([spoken for _, _, spoken in views])
    paths: dict[str, Document] = {}
    for rule, method, spoken in views:
        paths.setdefault(VARIABLE.sub(r"{\2}", rule.rule), {})[method] = _operation(rule, spoken, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{current().app_name} API", "version": "1", "description": ABOUT},
        "servers": [{"url": current().public_url}],
        "security": [{"key": []}],
        "paths": dict(sorted(paths.items())),
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}, "schemas": schemas},
    }


def _views() -> Iterator[tuple[Rule, str, Spoken]]:
    for rule in current_app.url_map.iter_rules():
        spoken: Spoken | None = getattr(current_app.view_functions[rule.endpoint], "spoken", None)
        if spoken:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method.lower(), spoken


def _schemas(spoken: list[Spoken]) -> tuple[dict[type[BaseModel], str], Document]:
    """Every shape once; a body is described as it is read, an answer as it is written."""
    answers = {one.answer for one in spoken if one.answer} | {ProblemShape}
    bodies = {one.body for one in spoken if one.body}
    asked = [(shape, "serialization") for shape in answers] + [(shape, "validation") for shape in bodies]
    refs, definitions = models_json_schema(sorted(asked, key=lambda one: one[0].__name__), ref_template=REFS)  # type: ignore[arg-type]
    schemas: Document = {_plain(name): schema for name, schema in _renamed(definitions["$defs"]).items()}
    schemas["Problem"]["properties"]["code"]["enum"] = problems.codes()
    return {shape: _plain(refs[shape, mode]["$ref"].rpartition("/")[2]) for shape, mode in asked}, schemas  # type: ignore[index]


def _renamed(definitions: Document) -> Document:
    """`XShape` is called `X`; `Page[X]`, which pydantic writes `Page_X_`, is called `XPage`."""
    text: Document = _walk(definitions)
    return text


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: f"#/components/schemas/{_plain(one.rpartition('/')[2])}" if name == "$ref" else _walk(one)
            for name, one in value.items()
        }
    return [_walk(one) for one in value] if isinstance(value, list) else value


def _plain(name: str) -> str:
    paged = re.fullmatch(r"Page_(\w+?)Shape_", name)
    return f"{paged[1]}Page" if paged else name.removesuffix("Shape")


def _operation(rule: Rule, spoken: Spoken, names: dict[type[BaseModel], str]) -> Document:
    view = current_app.view_functions[rule.endpoint]
    scope = (declared(current_app, rule.endpoint) or "").removeprefix("api:")
    operation: Document = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": (inspect.getdoc(view) or "").partition("\n")[0],
        "tags": [scope.partition(":")[0]],
        "security": [{"key": [scope]}],
        "parameters": [*_path(rule), *(_query(spoken.query) if spoken.query else [])],
        "responses": _responses(spoken, names),
    }
    if spoken.body:
        operation["requestBody"] = {"required": True, "content": _content("application/json", names[spoken.body])}
    return operation


def _path(rule: Rule) -> Iterator[Document]:
    for kind, name in VARIABLE.findall(rule.rule):
        schema = {"type": "string", "format": "uuid"} if kind == "uuid" else {"type": "string"}
        said = {"description": "Its id or its slug."} if name == "organization" else {}
        yield {"name": name, "in": "path", "required": True, "schema": schema} | said


def _query(shape: type[BaseModel]) -> Iterator[Document]:
    """References are resolved in place: a parameter stands by itself."""
    schema = shape.model_json_schema()
    for name, one in schema["properties"].items():
        yield {"name": name, "in": "query", "required": False, "schema": _resolved(one, schema.get("$defs", {}))}


def _resolved(value: Any, definitions: Document) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            return _resolved(definitions[value["$ref"].rpartition("/")[2]], definitions)
        return {name: _resolved(one, definitions) for name, one in value.items()}
    return [_resolved(one, definitions) for one in value] if isinstance(value, list) else value


def _responses(spoken: Spoken, names: dict[type[BaseModel], str]) -> Document:
    good: Document = {"description": "Done."}
    if spoken.answer:
        good["content"] = _content("application/json", names[spoken.answer])
    wrong = {"description": "Refused; `code` says why.", "content": _content(problems.MIME, "Problem")}
    return {str(spoken.status): good, "default": wrong}


def _content(mime: str, name: str) -> Document:
    return {mime: {"schema": {"$ref": REFS.format(model=name)}}}
