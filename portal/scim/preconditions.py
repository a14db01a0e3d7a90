"""If-Match and If-None-Match (RFC 7644 §3.14): nobody overwrites what they have not seen."""

from flask import Response, request

from portal.scim import at_hand
from portal.scim.errors import MIME, ScimError
from portal.scim.rendering import Row, etag


def require_match(row: Row) -> None:
    wanted = at_hand.wanted_version()
    if wanted and wanted.strip() != "*" and etag(row) not in _tags(wanted):
        raise ScimError(412, "It was changed by somebody else meanwhile. Read it again, then repeat the change.")


def unchanged(row: Row) -> Response | None:
    wanted = request.headers.get("If-None-Match")
    if not wanted or not (wanted.strip() == "*" or etag(row) in _tags(wanted)):
        return None
    response = Response(status=304, mimetype=MIME)
    response.headers["ETag"] = etag(row)
    return response


def _tags(header: str) -> list[str]:
    return [tag if tag.startswith("W/") else f"W/{tag}" for tag in (part.strip() for part in header.split(","))]
