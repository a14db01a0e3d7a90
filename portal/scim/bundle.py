"""The support bundle: a directory's log with its exchanges as one file, without secrets and without anybody's data.

What a person can be recognised by is masked; what explains a fault stays: addresses, operations, ids, types, our own words.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from urllib.parse import unquote_plus

from portal.models import Directory, Exchange
from portal.models.base import now
from portal.scim import journal, telling
from portal.scim.journal import Entry, Search
from portal.scim.telling import SAID
from portal.words import in_english

MOST = 500
PLAIN = frozenset({
    "schemas", "op", "path", "id", "type", "primary", "active", "resourcetype", "location", "version", "scimtype", "status",
    "meta", "created", "lastmodified", "totalresults", "startindex", "itemsperpage", "$ref", "method", "bulkid", "failonerrors",
})  # fmt: skip
QUOTED = re.compile(r"“[^”]{1,320}”|\"[^\"]{1,320}\"|'[^']{1,320}'")
ADDRESS = re.compile(r"[^\s@\"'“”<>]+@[^\s@\"'“”<>]+\.[^\s@\"'“”<>]+")

README = """This is the provisioning log of one directory, as its admin may share it.

log.json        one entry per request: when, what it wanted, how it went, what to do
exchanges.json  the same requests and answers as they were recorded

Tokens and passwords were left out when this was recorded. Names, e-mail addresses and other values of people are masked.
"""


def build(directory: Directory, search: Search) -> bytes:
    """A zip archive of at most `MOST` entries, the newest first; for support, so in English."""
    with in_english():
        return _built(directory, search)


def _built(directory: Directory, search: Search) -> bytes:
    found = journal.entries(directory, search, MOST)
    about = {
        "directory": str(directory.id), "provider": directory.idp, "mode": directory.mode.value, "made_at": now().isoformat(),
        "entries": len(found),
    }  # fmt: skip
    parts = {
        "README.txt": README,
        "directory.json": _json(about),
        "log.json": _json([_entry(one) for one in found]),
        "exchanges.json": _json([_exchange(one.exchange) for one in found]),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def masked(text: str) -> str:
    """`ada@acme.example` becomes `a…@acme.example`; other values keep their first letter."""
    name, at, domain = text.strip().rpartition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"{text.strip()[:1]}…" if text.strip() else ""


def redacted(body: str) -> str:
    """A recorded body with its people's values masked; of what cannot be read as JSON only the size."""
    if not body:
        return ""
    try:
        document = json.loads(body)
    except ValueError:
        return f"({len(body)} characters that were not kept whole)"
    return json.dumps(_without_people(document, ""), ensure_ascii=False, indent=1)


def _without_people(value: object, name: str) -> object:
    if isinstance(value, dict):
        return {key: _without_people(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_people(one, name) for one in value]
    if name.casefold() == "detail" and isinstance(value, str):
        return _sentence(value)
    if not isinstance(value, str) or name.casefold() in PLAIN or telling.ID.fullmatch(value):
        return value
    return masked(value)


def _sentence(text: str) -> str:
    """Our own words stay; what they quote does not."""
    quoted = QUOTED.sub(lambda found: found[0][0] + masked(found[0][1:-1]) + found[0][-1], text)
    return ADDRESS.sub(lambda found: masked(found[0]), quoted)


def _path(path: str) -> str:
    """The values a filter compares with are masked."""
    plain = unquote_plus(path)
    return SAID.sub(lambda found: found[0].replace(found[1], masked(found[1])), plain) if SAID.search(plain) else path


def _entry(entry: Entry) -> dict[str, object]:
    exchange = entry.exchange
    attempt = telling.read(exchange)
    deed = str(attempt.deed.did if exchange.status < 400 else attempt.deed.tried)
    return {
        "at": exchange.at.isoformat(), "id": str(exchange.id), "status": exchange.status,
        "what": deed.format(idp="", who=str(attempt.row_id or "somebody")).strip(), "why": _sentence(entry.because),
        "to_do": entry.fix,
    }  # fmt: skip


def _exchange(exchange: Exchange) -> dict[str, object]:
    return {
        "at": exchange.at.isoformat(), "id": str(exchange.id), "method": exchange.method, "path": _path(exchange.path),
        "status": exchange.status, "milliseconds": exchange.milliseconds, "agent": exchange.agent,
        "token": exchange.token_prefix, "request": redacted(exchange.request_body),
        "answer": redacted(exchange.answer_body),
    }  # fmt: skip


def _json(value: Sequence[object] | Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
