"""How a view of the API is spoken to: its body and query are read strictly, what it returns is put into its shape.

A view says what it takes by its parameters `body` and `query`, and what it answers by `@speaks`. The same words are
what /api/openapi.json is made of.
"""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated

from flask import Response, request
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from portal.api import repeating
from portal.api.problems import Problem
from portal.extensions import db
from portal.organizations.secrets import digest
from portal.settings import current
from portal.web import json as strict

View = Callable[..., object]


class Shape(BaseModel):
    """What is said: made from rows and from what verbs return."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Asked(BaseModel):
    """What is asked: every name known, nothing bent into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ProblemShape(Shape):
    """problem+json (RFC 9457); `code` is what programs rely on, `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[dict[str, str]] = []


@dataclass(frozen=True)
class Spoken:
    """What the description needs to know of a view."""

    answer: type[Shape] | None
    status: int
    body: type[Asked] | None
    query: type[Asked] | None


def speaks(answer: type[Shape] | None, status: int = 200) -> Callable[[View], Callable[..., Response]]:
    """Answer in this shape, or with 204 and nothing. A request that changes something is committed once, just before."""

    def wrap(view: View) -> Callable[..., Response]:
        hints = inspect.get_annotations(view, eval_str=True)
        spoken = Spoken(answer, status if answer else 204, hints.get("body"), hints.get("query"))

        @wraps(view)
        def speak(**values: object) -> Response:
            if request.method not in ("GET", "HEAD"):
                repeating.require_match(dict(values))
            if spoken.query:
                values["query"] = _query(spoken.query)
            if spoken.body:
                values["body"] = _body(spoken.body)
            return repeating.once(lambda: _answer(view(**values), spoken))

        def look(**values: object) -> str:
            """The ETag of what a GET would answer now."""
            return _etag(_said(view(**values), spoken))

        speak.spoken = spoken  # type: ignore[attr-defined]
        speak.look = None if spoken.query else look  # type: ignore[attr-defined]
        return speak

    return wrap


def _query(shape: type[Asked]) -> Asked:
    given = request.args.to_dict()
    if any("\x00" in name + value for name, value in given.items()):
        raise Problem(422, "The address contains a NUL character.")
    try:
        return shape.model_validate_strings(given)
    except ValidationError as error:
        raise _invalid(error, "") from None


def _body(shape: type[Asked]) -> Asked:
    if request.mimetype not in ("application/json", ""):
        raise Problem(415)
    if (request.content_length or 0) > current().max_body:
        raise Problem(413)
    data = request.get_data()
    try:
        strict.read(data or b"{}", largest=current().max_body)
        return shape.model_validate_json(data or b"{}", strict=True)
    except strict.BadJson as problem:
        raise Problem(400, str(problem), "bad_json") from None
    except ValidationError as error:
        raise _invalid(error, "/") from None


def _invalid(error: ValidationError, root: str) -> Problem:
    """Where and why; never what was sent."""
    found = [(root + "/".join(map(str, one["loc"])), one["msg"]) for one in error.errors(include_input=False)[:20]]
    return Problem(422, errors=found)


def _answer(said: object, spoken: Spoken) -> Response:
    """What is said is put into its shape before the commit, and nothing is committed here: see `repeating.once`."""
    text = _said(said, spoken)
    if spoken.answer is None:
        return Response(status=204)
    response = Response(text, status=spoken.status, mimetype="application/json")
    if repeating.reads_as(spoken.answer):
        response.set_etag(_etag(text))
    if request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    return response


def _said(said: object, spoken: Spoken) -> str:
    db.session.flush()
    if spoken.answer is None:
        return ""
    return json.dumps(spoken.answer.model_validate(said).model_dump(mode="json"), ensure_ascii=False)


def _etag(text: str) -> str:
    return digest(text)[:32]


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable text")
    return text


OneLine = Annotated[str, AfterValidator(_one_line)]
