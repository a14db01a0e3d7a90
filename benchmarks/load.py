"""A client that costs little: prepared bytes over kept connections, and what the answers took."""

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.database import Processes
from benchmarks.requests import Ask
from benchmarks.serving import Server

Item = Sequence[tuple[Ask, int]]
"""Requests sent one after the other that count as one, each with the status it must get."""


class Client:
    """One kept connection."""

    def __init__(self, host: str, token: str, timeout: float = 60) -> None:
        self.host, self.token, self.timeout = host, token, timeout
        self.socket: socket.socket | None = None

    def send(self, ask: Ask) -> tuple[int, bytes]:
        """Status and body; connects again when the server has closed in between."""
        data = ask.bytes_for(self.host, self.token)
        for fresh in (False, True):
            try:
                self._open(fresh).sendall(data)
                return self._read()
            except (ConnectionError, EOFError):
                if fresh:
                    raise
        raise AssertionError

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        self.socket = None

    def _open(self, fresh: bool) -> socket.socket:
        if fresh:
            self.close()
        if self.socket is None:
            host, port = self.host.split(":")
            self.socket = socket.create_connection((host, int(port)), self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.socket

    def _read(self) -> tuple[int, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        status, fields = int(head[9:12]), head.lower()
        length = 0 if status == 204 else int(fields.split(b"content-length:")[1].split(b"\r\n")[0])
        parts, missing = [body], length - len(body)
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        if b"connection: close" in fields:
            self.close()
        return status, b"".join(parts)

    def _more(self) -> bytes:
        assert self.socket
        if not (found := self.socket.recv(262_144)):
            raise EOFError
        return found


@dataclass
class Result:
    """What a phase of the measurement took; milliseconds throughout."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    server: float = 0.0
    database: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def p50(self) -> float:
        return self.percentile(0.5)

    @property
    def p99(self) -> float:
        return self.percentile(0.99)


def press(
    server: Server, token: str, items: Iterator[Item], *, seconds: float, connections: int = 4, most: int = 10**9,
    database: Processes | None = None,
) -> Result:  # fmt: skip
    """As many items as the server takes on so many connections, for so long or until `most` are done."""
    began, costs = time.perf_counter(), _costs(server, database)
    end, lock, left = began + seconds, threading.Lock(), [most]
    result = Result(0)

    def take() -> Item | None:
        with lock:
            left[0] -= 1
            return next(items, None) if left[0] >= 0 and time.perf_counter() < end else None

    _together([lambda: _work(server, token, take, result)] * connections)
    result.seconds = time.perf_counter() - began
    done = max(1, len(result.latencies))
    result.server, result.database = (
        (after - before) * 1000 / done for before, after in zip(costs, _costs(server, database), strict=True)
    )
    return result


def one_by_one(server: Server, token: str, items: Iterator[Item], count: int) -> Result:
    """One connection, as an IdP's group push; throughput does not matter, time does."""
    return press(server, token, items, seconds=600, connections=1, most=count)


def paced(server: Server, token: str, items: Iterator[Item], *, per_second: float, seconds: float) -> Result:
    """At a steady pace on one connection; what an answer is late counts as its time."""
    client, result = Client(server.host, token), Result(seconds)
    began = time.perf_counter()
    for number in range(int(per_second * seconds)):
        due = began + number / per_second
        time.sleep(max(0.0, due - time.perf_counter()))
        exchange(client, next(items))
        result.latencies.append((time.perf_counter() - due) * 1000)
    client.close()
    return result


def median(results: Sequence[Result]) -> Result:
    """The round with the median rate: its figures belong together; the latencies are those of all rounds."""
    middle = sorted(results, key=lambda one: one.rate)[len(results) // 2]
    whole = Result(middle.seconds * len(results), [one for result in results for one in result.latencies])
    whole.seconds = len(whole.latencies) / statistics.median(one.rate for one in results)
    whole.server, whole.database = (
        statistics.median(one.server for one in results),
        statistics.median(one.database for one in results),
    )
    return whole


def _work(server: Server, token: str, take: Callable[[], Item | None], result: Result) -> None:
    client = Client(server.host, token)
    while item := take():
        result.latencies.append(exchange(client, item))
    client.close()


def exchange(client: Client, item: Item) -> float:
    """Milliseconds it took."""
    began = time.perf_counter()
    for ask, expected in item:
        status, body = client.send(ask)
        if status != expected:
            raise AssertionError(f"{ask.method} {ask.path[:120]}: {status} instead of {expected}: {body[:300]!r}")
    return (time.perf_counter() - began) * 1000


def _costs(server: Server, database: Processes | None) -> tuple[float, float]:
    return server.seconds(), database.seconds() if database else 0.0


def _together(acts: "list[Callable[[], None]]") -> None:
    """A failure in any thread is one of the whole."""
    failures: list[BaseException] = []

    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
