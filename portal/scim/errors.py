"""What went wrong, as SCIM says it (RFC 7644 §3.12). `detail` is shown to the IdP's admin word for word: write it for them."""

import json

from flask import Response

from portal.organizations.refusals import (
    BadEmail,
    GroupNameTaken,
    ManagedByDirectory,
    NoFreeSeat,
    Refused,
    UserNameTaken,
)

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
MIME = "application/scim+json"

WORDS = {
    400: "The request was not understood.",
    401: "A bearer token is required.",
    403: "This is not allowed.",
    404: "There is nothing at this address. Check the base URL you copied from us.",
    405: "This address does not take that method.",
    406: "We answer in application/scim+json only.",
    411: "Say how long the body is (Content-Length).",
    413: "The request is larger than we accept. Send fewer operations or members at a time.",
    414: "The address is too long. Send the filter with POST to /.search instead.",
    415: "Send the body as application/scim+json or application/json.",
    429: "There were more requests than the limit allows. Wait a second, then go on.",
    500: "Something went wrong on our side. Nothing was changed; try again.",
    501: "This part of SCIM is not offered here.",
    503: "Our database does not answer at the moment. Nothing was lost; try again in a few seconds.",
}

REFUSALS: dict[type[Refused], tuple[int, str]] = {
    NoFreeSeat: (403, ""),
    ManagedByDirectory: (403, ""),
    UserNameTaken: (409, "uniqueness"),
    GroupNameTaken: (409, "uniqueness"),
}


HERE: dict[type[Refused], str] = {
    BadEmail: "The person’s e-mail address is not one. It is what the identity provider maps to emails (the primary one), or to "
    "userName where there are none. Write it like ada@example.com.",
}
"""What a refusal says to an IdP's admin, where its own words were meant for somebody at our pages."""


class ScimError(Exception):
    """Carries its answer: HTTP status, scimType (RFC 7644 table 9), and a sentence for the IdP's admin."""

    def __init__(self, status: int, detail: str, scim_type: str = "", headers: dict[str, str] | None = None) -> None:
        self.status, self.detail, self.scim_type, self.headers = status, detail, scim_type, headers or {}
        super().__init__(detail)

    def answer(self) -> Response:
        return answer(self.status, self.detail, self.headers, self.scim_type)


def invalid_value(detail: str) -> ScimError:
    return ScimError(400, detail, "invalidValue")


def invalid_path(detail: str) -> ScimError:
    return ScimError(400, detail, "invalidPath")


def invalid_filter(detail: str) -> ScimError:
    return ScimError(400, detail, "invalidFilter")


def invalid_syntax(detail: str) -> ScimError:
    return ScimError(400, detail, "invalidSyntax")


def no_target(detail: str) -> ScimError:
    return ScimError(400, detail, "noTarget")


def mutability(detail: str) -> ScimError:
    return ScimError(400, detail, "mutability")


def not_found(kind: str) -> ScimError:
    return ScimError(
        404, f"There is no {kind} with this id in the directory. It may have been deleted; match it again by its name."
    )


def of_refusal(refusal: Refused) -> ScimError:
    status, scim_type = REFUSALS.get(type(refusal), (400, "invalidValue"))
    return ScimError(status, HERE.get(type(refusal), str(refusal)), scim_type)


def answer(status: int, words: str, headers: dict[str, str], scim_type: str = "") -> Response:
    """Every error under /scim has this shape, also those that never reached a view."""
    body: dict[str, object] = {
        "schemas": [ERROR],
        "status": str(status),
        "detail": words or WORDS.get(status, WORDS[400]),
    }
    if scim_type:
        body["scimType"] = scim_type
    response = Response(json.dumps(body), status=status, mimetype=MIME)
    response.headers.extend(headers)
    return response
