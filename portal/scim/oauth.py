"""The second way in: OAuth 2.0 client credentials (RFC 6749 §4.4), exchanged for a short-lived bearer token."""

import base64
import binascii
import json
import uuid
from urllib.parse import unquote_plus

from flask import Response, g, request

from portal.extensions import db
from portal.models import Directory, Mode, ScimToken
from portal.organizations import clients, connections, directories
from portal.scim import redaction
from portal.scim.errors import ScimError
from portal.scim.recording import record_write
from portal.settings import current
from portal.web import limits
from portal.web.access import access, guard

LARGEST = 16_000
FORM = "application/x-www-form-urlencoded"
BASIC = {"WWW-Authenticate": 'Basic realm="SCIM"'}


class OAuthError(Exception):
    """An error as RFC 6749 §5.2 says it; `words` are for the IdP's admin."""

    def __init__(self, error: str, words: str, status: int = 400, headers: dict[str, str] | None = None) -> None:
        self.error, self.words, self.status, self.headers = error, words, status, headers or {}
        super().__init__(words)

    def answer(self) -> Response:
        return _answer({"error": self.error, "error_description": self.words}, self.status, self.headers)


@guard("scim-client")
def let_in() -> None:
    """Sets `g.scim_client`; the client proves itself by Basic or in the form, never both (RFC 6749 §2.3)."""
    if request.method != "POST":
        raise ScimError(405, "", headers={"Allow": "POST"})
    directory_id: uuid.UUID = (request.view_args or {})["directory_id"]
    _limit(directory_id)
    g.directory = g.recorded_for = directory = directories.get(directory_id)
    client_id, secret = _presented()
    client = clients.find(directory_id, client_id, secret) if directory else None
    if client is None:
        words = "No client of this directory has this client_id and client_secret. Were both copied whole?"
        raise OAuthError("invalid_client", words, 401, BASIC)
    g.scim_prefix = client.prefix
    _require_open(directory)
    g.scim_client = client


@access("scim-client")
def create_access_token(directory_id: uuid.UUID) -> Response:
    grant = request.form.get("grant_type", "")
    if not grant:
        raise OAuthError("invalid_request", "The form has no grant_type. Send grant_type=client_credentials.")
    if grant != "client_credentials":
        raise OAuthError("unsupported_grant_type", "Only grant_type=client_credentials is known here.")
    client: ScimToken = g.scim_client
    _, secret = clients.issue_access(client, redaction.storable(request.user_agent.string))
    document: dict[str, object] = {
        "token_type": "Bearer", "expires_in": current().scim_access_token_minutes * 60, "scope": "scim",
    }  # fmt: skip
    record_write(_answer(document | {"access_token": "…"}))
    db.session.commit()
    return _answer(document | {"access_token": secret})


def _limit(directory_id: uuid.UUID) -> None:
    """Counted for each address, so that a stranger's tries do not keep the IdP out."""
    tries = current().sign_in_rate
    if not limits.allows_per_minute(tries, "scim-client", str(directory_id), request.remote_addr or ""):
        raise OAuthError("invalid_request", "Too many tries. Wait a minute.", 429, {"Retry-After": "60"})


def _presented() -> tuple[str, str]:
    request.max_content_length = LARGEST
    if request.mimetype != FORM:
        raise OAuthError("invalid_request", f"Send the request as {FORM} (RFC 6749 §4.4.2).")
    form = request.form
    g.scim_body = {name: value for name, value in form.items() if name in ("grant_type", "client_id", "scope")}
    if any(len(form.getlist(name)) > 1 for name in form):
        raise OAuthError("invalid_request", "A parameter stands twice in the form.")
    header = request.headers.get("Authorization", "")
    if not header:
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form:
        raise OAuthError("invalid_request", "Send the client_secret once: in the Authorization header or in the form.")
    return _basic(header)


def _basic(header: str) -> tuple[str, str]:
    """Both halves are form-encoded before they are joined (RFC 6749 §2.3.1)."""
    scheme, _, value = header.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        client_id, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        if not colon:
            raise ValueError
    except (ValueError, binascii.Error):
        words = "The Authorization header is not “Basic” followed by client_id:client_secret in base64."
        raise OAuthError("invalid_client", words, 401, BASIC) from None
    return unquote_plus(client_id), unquote_plus(secret)


def _require_open(directory: Directory | None) -> None:
    if directory is None or directory.mode is Mode.OFF:
        words = "This directory is switched off. Switch it on under Sign-in & provisioning."
        raise OAuthError("unauthorized_client", words)
    if not connections.allowed(directory.organization):
        words = "Provisioning is not switched on for this organization. Ask support to allow it."
        raise OAuthError("unauthorized_client", words)


def _answer(document: dict[str, object], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    response = Response(json.dumps(document), status=status, mimetype="application/json")
    response.headers.extend({"Cache-Control": "no-store", "Pragma": "no-cache"} | (headers or {}))  # RFC 6749 §5.1
    return response
