"""A recorded request in the words of a person: what the identity provider wanted, and of whom."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

from portal.models import Exchange
from portal.words import _l

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SAID = re.compile(r'\b(?:eq|sw|co)\s+"([^"]{1,320})"', re.IGNORECASE)
PEOPLE, GROUPS = "users", "groups"


@dataclass(frozen=True)
class Deed:
    """`{idp}` is who asks, and `{who}` stands where the person or group belongs."""

    tried: str
    did: str


DEEDS = {
    "create": Deed(_l("{idp} tried to add {who}"), _l("{idp} added {who}")),
    "deactivate": Deed(_l("{idp} tried to end the access of {who}"), _l("{idp} ended the access of {who}")),
    "activate": Deed(_l("{idp} tried to give {who} access again"), _l("{idp} gave {who} access again")),
    "rename": Deed(_l("{idp} tried to rename {who}"), _l("{idp} renamed {who}")),
    "email": Deed(
        _l("{idp} tried to change the e-mail address of {who}"), _l("{idp} changed the e-mail address of {who}")
    ),
    "update": Deed(_l("{idp} tried to update {who}"), _l("{idp} updated {who}")),
    "delete": Deed(_l("{idp} tried to delete {who}"), _l("{idp} deleted {who}")),
    "find": Deed(_l("{idp} tried to look {who} up"), _l("{idp} looked {who} up")),
    "list": Deed(_l("{idp} tried to read the list of people"), _l("{idp} read the list of people")),
    "group-create": Deed(_l("{idp} tried to add the group {who}"), _l("{idp} added the group {who}")),
    "group-rename": Deed(_l("{idp} tried to rename the group {who}"), _l("{idp} renamed the group {who}")),
    "group-members": Deed(
        _l("{idp} tried to change who is in the group {who}"), _l("{idp} changed who is in the group {who}")
    ),
    "group-update": Deed(_l("{idp} tried to update the group {who}"), _l("{idp} updated the group {who}")),
    "group-delete": Deed(_l("{idp} tried to delete the group {who}"), _l("{idp} deleted the group {who}")),
    "group-find": Deed(_l("{idp} tried to look the group {who} up"), _l("{idp} looked the group {who} up")),
    "group-list": Deed(_l("{idp} tried to read the list of groups"), _l("{idp} read the list of groups")),
    "bulk": Deed(_l("{idp} tried to send several changes at once"), _l("{idp} sent several changes at once")),
    "token": Deed(_l("{idp} tried to fetch an access token"), _l("{idp} fetched an access token")),
    "learn": Deed(_l("{idp} tried to learn what we can do"), _l("{idp} learned what we can do")),
    "else": Deed(_l("{idp} tried to call an address we do not have"), _l("{idp} called us")),
}
CHANGES = ("deactivate", "activate", "rename", "email", "group-members", "group-rename", "update", "group-update")
ABOUT = {
    "displayname": "rename", "name": "rename", "username": "rename", "nickname": "update", "emails": "email",
    "members": "group-members",
}  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """What one request is about. `name` is as far as the request says it; `row_id` is of whom we know the name."""

    deed: Deed
    kind: str = ""
    row_id: uuid.UUID | None = None
    name: str = ""


def read(exchange: Exchange) -> Attempt:
    parts = [part for part in urlsplit(exchange.path).path.split("/") if part]
    kind = next((part.casefold() for part in parts if part.casefold() in (PEOPLE, GROUPS)), "")
    found = ID.search(exchange.path)
    row_id = uuid.UUID(found[0]) if found and kind else None
    body = document(exchange.request_body)
    named = SAID.search(unquote_plus(exchange.path))
    name = str(body.get("displayName") or body.get("userName") or (named[1] if named else ""))
    return Attempt(DEEDS[_deed(exchange, parts, kind, body, bool(row_id or named))], kind, row_id, name[:320])


def document(text: str) -> dict[str, object]:
    """A recorded body, as far as it was kept whole."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _deed(exchange: Exchange, parts: list[str], kind: str, body: dict[str, object], one: bool) -> str:
    first, before = parts[0].casefold() if parts else "", "group-" if kind == GROUPS else ""
    if not kind:
        usual = {"oauth": "token", "bulk": "bulk", "serviceproviderconfig": "learn", "schemas": "learn"}
        return usual.get(first, "learn" if first == "resourcetypes" else "else")
    if exchange.method == "GET" or parts[-1].casefold() == ".search":
        return before + ("find" if one else "list")
    if exchange.method in ("POST", "DELETE"):
        return before + {"POST": "create", "DELETE": "delete"}[exchange.method]
    said = set(_patched(body) if exchange.method == "PATCH" else _put(body))
    if kind == GROUPS:
        said = {"group-members" if one == "group-members" else f"group-{one}" for one in said} - {"group-email"}
    return next((change for change in CHANGES if change in said), f"{before}update")


def _put(body: dict[str, object]) -> Iterator[str]:
    """Everything is sent anew; only the end of access is said in so many words."""
    if body.get("active") is False:
        yield "deactivate"
    yield "update"


def _patched(body: dict[str, object]) -> Iterator[str]:
    operations = body.get("Operations")
    for operation in operations if isinstance(operations, list) else []:
        if not isinstance(operation, dict):
            continue
        path, value = str(operation.get("path") or ""), operation.get("value")
        pairs = value.items() if not path and isinstance(value, dict) else [(path, value)]
        yield from (_about(str(name), one) for name, one in pairs)


def _about(path: str, value: object) -> str:
    name = re.split(r"[.\[]", path.rpartition(":")[2] if path.startswith("urn:") else path)[0].casefold()
    if name == "active":
        return "deactivate" if value is False or str(value).casefold() == "false" else "activate"
    return ABOUT.get(name, "update")
