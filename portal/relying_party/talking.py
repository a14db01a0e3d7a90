"""Talking to an OpenID provider: everything goes through the guard for addresses that somebody typed."""

from collections.abc import Mapping

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from portal.web import fetch
from portal.web.fetch import NotFetched
from portal.web.json import BadJson, read
from portal.words import _l

LARGEST = 512_000
JSON = "application/json"
WORDS = {
    "private-address": _l("The address leads into a private network, which we cannot reach."),
    "unreachable": _l("The address could not be reached securely."),
}


class Guarded(BaseAdapter):
    """Lets Authlib's client speak through the guard, which knows the size and the time that an answer may have."""

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: str(value, "latin-1") if isinstance(value, bytes) else value for name, value in _own(request)}
        replied = fetch.exchange(request.method or "GET", request.url or "", headers, body)
        response = Response()
        response.status_code, response._content = replied.status, replied.body
        response.headers = CaseInsensitiveDict({"Content-Type": replied.content_type})
        response.request, response.url, response.encoding = request, request.url or "", "utf-8"
        return response

    def close(self) -> None:
        """No line is kept."""


def _own(request: PreparedRequest) -> list[tuple[str, str | bytes]]:
    """Without what the guard says itself."""
    ours = {"host", "user-agent", "accept-encoding", "connection"}
    return [(name, value) for name, value in request.headers.items() if name.lower() not in ours]


def get_json(url: str, headers: Mapping[str, str] | None = None) -> dict[str, object]:
    """The JSON object at this address; `NotFetched` says why not, in words for people."""
    try:
        replied = fetch.exchange("GET", url, {"Accept": JSON, **(headers or {})})
    except NotFetched as problem:
        raise NotFetched(problem.code, WORDS.get(problem.code) or str(problem)) from None
    if replied.status != 200:
        raise NotFetched("status", _l("The address answered with status %(status)s.", status=replied.status))
    try:
        return read(replied.body, largest=LARGEST)
    except BadJson:
        raise NotFetched("not-json", _l("The address holds a web page or other text instead of JSON.")) from None
