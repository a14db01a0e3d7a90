"""Asking an address somebody typed, without becoming their way into our network (SSRF)."""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from typing import TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi

from portal.settings import current
from portal.words import _l

MAX_BYTES = 1_048_576
SECONDS = 5.0
REDIRECTS = 3
ACCEPT = "application/samlmetadata+xml, application/xml, text/xml, */*;q=0.1"
LOCKED = _l(
    "It asks for a login, which metadata never needs: copy the metadata’s own address, or upload the file instead."
)
STATUSES = {401: LOCKED, 403: LOCKED, 404: _l("There is nothing at this address: copy it again, to the last letter.")}
T = TypeVar("T")
_TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))


class NotFetched(Exception):
    """`str()` says why, in words for people; nothing of the answer is ever repeated."""

    def __init__(self, code: str, words: str) -> None:
        self.code = code
        super().__init__(words)


@dataclass(frozen=True)
class Fetched:
    url: str
    body: bytes
    content_type: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Answered:
    """What came back from a POST: nothing of its body is read."""

    status: int
    retry_after: str


def fetch(url: str) -> Fetched:
    """The body at this address: https, public addresses only, every redirect looked at anew, one deadline for all."""
    deadline = time.monotonic() + SECONDS
    for _ in range(REDIRECTS + 1):
        target = check(url)
        answer = _ask(target, _address_of(target), deadline, _read)
        if isinstance(answer, Fetched):
            return answer
        url = urljoin(url, answer)
    raise NotFetched("redirects", _l("The address keeps sending us elsewhere. Give the final address."))


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answered:
    """Send the body there: the same guard, and no redirect is followed."""
    target = check(url)

    def send(target: SplitResult, line: socket.socket, deadline: float) -> Answered:
        connection = http.client.HTTPConnection(target.hostname or "")
        connection.sock = line
        sent = {"Host": target.netloc, "User-Agent": "Vestibule", "Connection": "close", **headers}
        connection.request("POST", _path(target), body=body, headers=sent)
        answer = connection.getresponse()
        return Answered(answer.status, answer.headers.get("Retry-After") or "")

    return _ask(target, _address_of(target), time.monotonic() + seconds, send)


@dataclass(frozen=True)
class Replied:
    """An answer whose body the asker understands; still never repeated to anybody."""

    status: int
    content_type: str
    body: bytes


def exchange(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Replied:
    """One request and its answer, whatever its status: the same guard, size and time, and no redirect is followed."""
    target = check(url)

    def talk(target: SplitResult, line: socket.socket, deadline: float) -> Replied:
        connection = http.client.HTTPConnection(target.hostname or "")
        connection.sock = line
        usual = {"Host": target.netloc, "User-Agent": "Vestibule", "Accept-Encoding": "identity", "Connection": "close"}
        connection.request(method, _path(target), body=body, headers={**usual, **headers})
        answer = connection.getresponse()
        return Replied(answer.status, answer.headers.get("Content-Type", ""), _whole(answer, deadline))

    return _ask(target, _address_of(target), time.monotonic() + SECONDS, talk)


def check(url: str) -> SplitResult:
    """What can be judged without asking anybody: https, no port, no user name, unless the operator trusts the host."""
    try:
        target = urlsplit(url.strip())
        port = target.port
    except ValueError:
        raise NotFetched("not-an-address", _l("This is not a web address.")) from None
    if target.scheme not in ("http", "https") or not target.hostname or target.username or not url.isprintable():
        raise NotFetched("not-an-address", _l("This is not a web address that begins with https://."))
    if not _trusted(target) and (target.scheme != "https" or port not in (None, 443)):
        raise NotFetched(
            "not-https", _l("The address must begin with https://, without a port. You can upload the file instead.")
        )
    return target


def _trusted(target: SplitResult) -> bool:
    """The operator's own word (`FETCH_ALLOWED_HOSTS`): a host, or a host and port."""
    host = (target.hostname or "").lower()
    return not {host, f"{host}:{_port(target)}"}.isdisjoint(name.lower() for name in current().hosts_we_may_fetch)


def _port(target: SplitResult) -> int:
    return target.port or (443 if target.scheme == "https" else 80)


def _address_of(target: SplitResult) -> str:
    """One address of the host, after all of them were judged; the connection is then made to it and no other."""
    try:
        found = socket.getaddrinfo(target.hostname, _port(target), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFetched("no-such-host", _l("There is no host of this name.")) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not (_trusted(target) or all(map(is_public, addresses))):
        words = _l("The address leads into a private network, which we cannot reach. Upload the file instead.")
        raise NotFetched("private-address", words)
    return addresses[0]


def is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if any(address in network for network in _TUNNELS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _ask(
    target: SplitResult, address: str, deadline: float, talk: Callable[[SplitResult, socket.socket, float], T]
) -> T:
    """What `talk` makes of the line to this very address. The host name is for SNI, certificate and Host header only."""
    try:
        with closing(_connect(target, address, deadline)) as line:
            watch = threading.Timer(_left(deadline), _hang_up, [line])  # against answers that drip byte by byte
            watch.start()
            try:
                return talk(target, line, deadline)
            finally:
                watch.cancel()
    except (OSError, http.client.HTTPException, ValueError):
        _left(deadline)
        raise NotFetched(
            "unreachable", _l("The address could not be reached securely. Upload the file instead.")
        ) from None


def _connect(target: SplitResult, address: str, deadline: float) -> socket.socket:
    line = socket.create_connection((address, _port(target)), timeout=_left(deadline))
    if target.scheme == "http":
        return line
    try:
        return _tls().wrap_socket(line, server_hostname=target.hostname)
    except OSError:
        line.close()
        raise


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading the authorities takes longer than the handshake."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _read(target: SplitResult, line: socket.socket, deadline: float) -> Fetched | str:
    """The answer, or the address it redirects to."""
    connection = http.client.HTTPConnection(target.hostname or "")
    connection.sock = line
    headers = {"Host": target.netloc, "Accept": ACCEPT, "Accept-Encoding": "identity", "User-Agent": "Vestibule"}
    connection.request("GET", _path(target), headers=headers)
    answer = connection.getresponse()
    if answer.status in (301, 302, 303, 307, 308):
        return answer.headers.get("Location") or ""
    if answer.status != 200:
        why = STATUSES.get(answer.status, _l("Copy the address again, or upload the file instead."))
        raise NotFetched(
            "status",
            _l(
                "The address answered with status %(status)s instead of metadata. %(why)s",
                status=answer.status,
                why=why,
            ),
        )
    return Fetched(target.geturl(), _whole(answer, deadline), answer.headers.get("Content-Type", ""))


def _whole(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    body = answer.read(MAX_BYTES + 1)
    _left(deadline)
    if len(body) > MAX_BYTES:
        raise NotFetched("too-large", _l("What the address holds is larger than 1 MiB."))
    return body


def _path(target: SplitResult) -> str:
    return (target.path or "/") + (f"?{target.query}" if target.query else "")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise NotFetched("too-slow", _l("The address took too long to answer."))
    return left
