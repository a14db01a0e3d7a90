"""What the two API clients share: the calls there are, and what is to be done next, without doing it."""

import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

import httpx

Json = dict[str, object]
Answer = TypeVar("Answer")

TRIES = 4
LONGEST_WAIT = 30.0
AGAIN = (429, 502, 503, 504)


class ApiError(Exception):
    """What went wrong; `code` is what programs rely on, the text is for people."""

    def __init__(self, status: int, code: str, detail: str, body: Mapping[str, object]) -> None:
        super().__init__(f"{detail} ({status} {code})")
        self.status, self.code, self.detail, self.body = status, code, detail, body


@dataclass(frozen=True)
class Pause:
    seconds: float


Steps = Generator[httpx.Request | Pause, httpx.Response | httpx.TransportError | None, Json]


class Calls(Generic[Answer]):
    """What can be asked, whoever sends it. An address is named by its parts, which are quoted: an id cannot become another
    address."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.headers = url.rstrip("/"), {"Authorization": f"Bearer {key}"}

    def get(self, *path: str, **params: object) -> Answer:
        given = {name: _text(value) for name, value in params.items() if value is not None}
        return self._do(httpx.Request("GET", self._address(path), params=given, headers=self.headers))

    def create(self, *path: str, **body: object) -> Answer:
        """Carries a key, so that sent again it does its work once."""
        again = {"Idempotency-Key": str(uuid.uuid4())}
        return self._do(httpx.Request("POST", self._address(path), json=body, headers=self.headers | again))

    def update(self, *path: str, **body: object) -> Answer:
        return self._do(httpx.Request("PATCH", self._address(path), json=body, headers=self.headers))

    def put(self, *path: str, **body: object) -> Answer:
        return self._do(httpx.Request("PUT", self._address(path), json=body, headers=self.headers))

    def delete(self, *path: str) -> Answer:
        return self._do(httpx.Request("DELETE", self._address(path), headers=self.headers))

    def _address(self, path: tuple[str, ...]) -> str:
        return f"{self.url}/api/v1/" + "/".join(quote(str(part), safe="") for part in path)

    def _do(self, request: httpx.Request) -> Answer:
        raise NotImplementedError


def steps(request: httpx.Request) -> Steps:
    """Send, wait and send again as long as it makes sense; in the end what was answered, or `ApiError`."""
    for tries in range(TRIES + 1):
        answer = yield request
        last = tries == TRIES
        if isinstance(answer, httpx.TransportError):
            if last:
                raise answer
            yield Pause(_backoff(tries))
        elif answer is not None:
            if last or answer.status_code not in AGAIN:
                return _read(answer)
            yield Pause(_asked_for(answer) or _backoff(tries))
    raise AssertionError("the last try returns or raises")


def _read(answer: httpx.Response) -> Json:
    if answer.is_success:
        return dict(answer.json()) if answer.content else {}
    try:
        said = answer.json()
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    raise ApiError(answer.status_code, str(said.get("code", "unknown")), str(said.get("detail", answer.text)), said)


def _asked_for(answer: httpx.Response) -> float:
    said = answer.headers.get("Retry-After", "")
    return min(float(said), LONGEST_WAIT) if said.isdecimal() else 0.0


def _backoff(tries: int) -> float:
    return 0.25 * 2.0**tries


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
