"""Letting an IdP in: the bearer token of the directory in the address, checked before a byte of the body is read."""

import uuid
from dataclasses import replace
from datetime import timedelta

from flask import g, request

from portal.extensions import db
from portal.models import Directory, DirectoryKind, Mode, Place, TokenKind, engine
from portal.models.base import now
from portal.organizations import connections, directories, exchanges, tokens
from portal.organizations.actors import Actor, Door
from portal.organizations.exchanges import Used
from portal.organizations.tokens import Opened
from portal.scim import at_hand, credentials, redaction
from portal.scim.errors import ScimError
from portal.settings import current
from portal.web import former, limits
from portal.web import json as strict
from portal.web.access import guard
from portal.web.json import BadJson

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="SCIM"'}
BAD_TOKEN = {"WWW-Authenticate": 'Bearer realm="SCIM", error="invalid_token"'}  # RFC 6750 §3.1: this one will not do
REMEMBERED = 60
TOUCH_EVERY = timedelta(seconds=60)
JSON_TYPES = ("application/scim+json", "application/json", "text/json", "")


@guard("scim")
def let_in() -> None:
    """Sets `g.opened`; every refusal says which one it was, for the wizard and for support."""
    directory_id: uuid.UUID = (request.view_args or {})["directory_id"]
    g.scim_prefix = ""
    if request.method in engine.SAFE:
        engine.read_only()
    opened = _presented()
    if opened.id != directory_id:
        _remember_misplaced(opened)
        raise _unauthorized(
            "This token belongs to another directory. Copy base URL and token from the same place.", BAD_TOKEN
        )
    g.recorded_for = opened
    _require_usable(opened)
    _require_open(opened)
    if not limits.allows_per_second(current().scim_rate, "scim", str(directory_id)):
        raise ScimError(429, "", headers={"Retry-After": "1"})
    g.opened, g.scim_token_id = _as_asked(opened), opened.parent_id or opened.token_id
    g.directory = None


def _as_asked(opened: Opened) -> Opened:
    """An IdP that still asks at the address it was given elsewhere is answered with addresses there."""
    return replace(opened, former_url=former.address()) if former.address() else opened


def place() -> Opened:
    """The directory, for whoever only reads there."""
    found: Opened = g.opened
    return found


def directory() -> Directory:
    """The directory, for verbs."""
    if g.directory is None:
        g.directory = place().directory()
    found: Directory = g.directory
    return found


def actor() -> Actor:
    return Actor(Door.SCIM, str(place().id), place().name, g.arrived_at)


def body() -> dict[str, object]:
    """The request's JSON object, read strictly; or that of the bulk operation at hand."""
    if (part := at_hand.part()) is not None:
        return part.data
    if request.mimetype not in JSON_TYPES:
        raise ScimError(415, "")
    if request.headers.get("Content-Encoding", "identity").casefold() != "identity":
        raise ScimError(415, "The body is compressed. Send it as it is, without Content-Encoding.")
    if (request.content_length or 0) > current().scim_max_body:
        raise ScimError(413, f"One request takes {current().scim_max_body} bytes at most. Send it in parts.")
    try:
        data = request.get_data(cache=False)
        g.scim_body = f"({len(data)} bytes that are not JSON)"
        g.scim_body = document = strict.read(data, largest=current().scim_max_body, deepest=current().scim_max_depth)
        return document
    except BadJson as problem:
        raise ScimError(400, str(problem), "invalidSyntax") from None


def note_use() -> None:
    """When the token and the directory were last used, at most once a minute; part of the transaction of a write."""
    opened, at = place(), now()
    if opened.last_used_at is None or opened.last_used_at < at - TOUCH_EVERY:
        used = Used(opened.organization_id, opened.id, at, redaction.storable(request.user_agent.string)[:320])
        exchanges.note_token_uses({one: used for one in (opened.token_id, opened.parent_id) if one})


def _presented() -> Opened:
    header = request.headers.get("Authorization", "").strip()
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        _remember_directory()
        raise _unauthorized(credentials.what_came(header, request.args))
    secret = secret.strip()
    g.scim_prefix = secret[: tokens.PREFIX_LENGTH] if secret.startswith(credentials.OURS) else ""
    opened = tokens.find(secret)
    if opened is None:
        _remember_directory()
        raise _unauthorized(credentials.what_is_wrong(secret), BAD_TOKEN)
    return opened


def _remember_directory() -> None:
    """So that the failure is shown on that directory's own pages; so many a minute that no stranger fills them."""
    directory_id = (request.view_args or {})["directory_id"]
    if limits.allows_per_minute(REMEMBERED, "scim-refused", str(directory_id)):
        g.recorded_for = directories.get(directory_id)


def _remember_misplaced(own: Place) -> None:
    """On the pages of the directory in the address; where that is none of the same organization, on those of the token's own,
    for it is their admin who mixed them up."""
    _remember_directory()
    addressed = g.get("recorded_for")
    if addressed is None or addressed.organization_id != own.organization_id:
        g.recorded_for = own


def _require_usable(token: Opened) -> None:
    if token.kind is TokenKind.CLIENT:
        url = token.token_url
        raise _unauthorized(f"This is the secret of an OAuth client, which is exchanged for an access token at {url}.")
    if token.kind is TokenKind.ACCESS and not token.usable(now()):
        why = "its client was revoked" if token.revoked_at else "it has expired"
        raise ScimError(401, f"This access token has ended: {why}. Fetch another at the token URL.", headers=BAD_TOKEN)
    if token.revoked_at is not None:
        raise _unauthorized(
            "This token was revoked. Make a new one on the set-up page and paste it into the identity provider.",
            BAD_TOKEN,
        )
    if not token.usable(now()):
        raise _unauthorized(
            "This token has expired. Make a new one on the set-up page and paste it into the identity provider.",
            BAD_TOKEN,
        )


def _require_open(found: Opened) -> None:
    if found.mode is Mode.OFF:
        raise ScimError(403, "This directory is switched off. Switch it on under Sign-in & provisioning.")
    if found.source is not DirectoryKind.SCIM:
        raise ScimError(
            403, "This directory is pulled and takes no requests. Choose a guide for your provider to push again."
        )
    if not connections.allowed(found):
        raise ScimError(403, "Provisioning is not switched on for this organization. Ask support to allow it.")


def _unauthorized(words: str, headers: dict[str, str] = CHALLENGE) -> ScimError:
    db.session.rollback()
    return ScimError(401, words, headers=headers)
