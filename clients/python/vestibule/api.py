"""The REST API, for programs that wait and for programs that do not. It works for every resource the API has:

api.get("organizations", "acme")
for member in api.list("organizations", "acme", "memberships", status="active"): ...
api.create("organizations", name="Acme")
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from typing import Any

import httpx

from vestibule.calling import ApiError, Calls, Json, Pause, steps
from vestibule.events import Event
from vestibule.guarding import setting

__all__ = ["Api", "ApiError", "AsyncApi"]


class Api(Calls[Json]):
    """`url` and `key` come from VESTIBULE_URL and VESTIBULE_API_KEY where they are not given."""

    def __init__(self, url: str = "", key: str = "", *, timeout: float = 15, http: httpx.Client | None = None) -> None:
        super().__init__(url or setting("VESTIBULE_URL"), key or setting("VESTIBULE_API_KEY"))
        self.http = http or httpx.Client(timeout=timeout)

    def list(self, *path: str, **params: object) -> Iterator[Json]:
        """Every row; a page is fetched when it is needed."""
        while True:
            page: Any = self.get(*path, **params)
            yield from page["data"]
            if not page.get("next"):
                return
            params = params | {"after": page["next"]}

    def events(
        self, after: str | int = "end", *, types: Sequence[str] = (), every: float = 2.0, until_caught_up: bool = False
    ) -> Iterator[Event]:
        """What happens, one event after the other. Behind the position `after`; empty for the beginning."""
        while True:
            page: Any = self.get("events", after=after, type=list(types) or None)
            yield from map(Event.read, page["data"])
            after = page["next"]
            if not page["more"]:
                if until_caught_up:
                    return
                time.sleep(every)

    def _do(self, request: httpx.Request) -> Json:
        doing, answer = steps(request), None
        while True:
            try:
                step = doing.send(answer)
            except StopIteration as done:
                return done.value
            answer = self._step(step)

    def _step(self, step: httpx.Request | Pause) -> httpx.Response | httpx.TransportError | None:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return self.http.send(step)
        except httpx.TransportError as error:
            return error


class AsyncApi(Calls[Awaitable[Json]]):
    """The same, awaited."""

    def __init__(
        self, url: str = "", key: str = "", *, timeout: float = 15, http: httpx.AsyncClient | None = None
    ) -> None:
        super().__init__(url or setting("VESTIBULE_URL"), key or setting("VESTIBULE_API_KEY"))
        self.http = http or httpx.AsyncClient(timeout=timeout)

    async def list(self, *path: str, **params: object) -> AsyncIterator[Json]:
        """Every row; a page is fetched when it is needed."""
        while True:
            page: Any = await self.get(*path, **params)
            for row in page["data"]:
                yield row
            if not page.get("next"):
                return
            params = params | {"after": page["next"]}

    async def events(
        self, after: str | int = "end", *, types: Sequence[str] = (), every: float = 2.0, until_caught_up: bool = False
    ) -> AsyncIterator[Event]:
        """What happens, one event after the other. Behind the position `after`; empty for the beginning."""
        while True:
            page: Any = await self.get("events", after=after, type=list(types) or None)
            for said in page["data"]:
                yield Event.read(said)
            after = page["next"]
            if not page["more"]:
                if until_caught_up:
                    return
                await asyncio.sleep(every)

    async def _do(self, request: httpx.Request) -> Json:
        doing, answer = steps(request), None
        while True:
            try:
                step = doing.send(answer)
            except StopIteration as done:
                return done.value
            answer = await self._step(step)

    async def _step(self, step: httpx.Request | Pause) -> httpx.Response | httpx.TransportError | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return await self.http.send(step)
        except httpx.TransportError as error:
            return error
