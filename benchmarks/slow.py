"""Clients that send one byte a second, or hardly read what they are answered: what a bad line, or bad will, looks like."""

import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks import requests
from benchmarks.load import Client
from benchmarks.requests import Ask
from benchmarks.seed import World
from benchmarks.serving import Server

KINDS = ("headers", "bodies", "readers")
TIMEOUT = 5.0


@dataclass
class Answers:
    """How many ordinary requests were answered within `TIMEOUT`, and their times in milliseconds."""

    asked: int = 0
    times: list[float] = field(default_factory=list)


def ordinary(server: Server, world: World, asked: int = 20) -> Answers:
    """One after the other, each over a connection of its own, as a fresh client would come."""
    found = Answers(asked)
    for number in range(asked):
        client = Client(server.host, world.token, TIMEOUT)
        began = time.perf_counter()
        try:
            status, _ = client.send(requests.by_user_name(world, f"person{number}"))
        except OSError:
            status = 0
        client.close()
        if status == 200:
            found.times.append((time.perf_counter() - began) * 1000)
        elif not found.times and number >= 4:
            return found  # nobody is answered: waiting for the rest shows nothing new
    return found


@contextmanager
def clients(server: Server, world: World, kind: str, count: int) -> Iterator[None]:
    """So many slow clients, all at once, for as long as the block lasts."""
    stopped = threading.Event()
    sockets = [_connect(server, kind) for _ in range(count)]
    thread = threading.Thread(target=_trickle, args=(sockets, _words(server, world, kind), kind, stopped))
    thread.start()
    time.sleep(2.5)
    try:
        yield
    finally:
        stopped.set()
        thread.join()
        for one in sockets:
            one.close()


def _words(server: Server, world: World, kind: str) -> tuple[bytes, bytes]:
    """What is sent at once, and what drop by drop."""
    whole = requests.create(world, "slow").bytes_for(server.host, world.token)
    head, _, body = whole.partition(b"\r\n\r\n")
    if kind == "headers":
        return b"", whole
    if kind == "bodies":
        return head + b"\r\n\r\n", body
    return Ask("GET", requests.page(world, 1, 500).path).bytes_for(server.host, world.token), b""


def _connect(server: Server, kind: str) -> socket.socket:
    one = socket.socket()
    if kind == "readers":
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    one.connect(("127.0.0.1", server.port))
    return one


def _trickle(sockets: list[socket.socket], words: tuple[bytes, bytes], kind: str, stopped: threading.Event) -> None:
    first, rest = words
    for one in sockets:
        _quietly(one, first)
    for place in range(10**6):
        for one in sockets:
            if kind == "readers":
                _sip(one)
            else:
                _quietly(one, rest[place : place + 1])
        if stopped.wait(1):
            return


def _quietly(one: socket.socket, data: bytes) -> None:
    """A server may hang up on the slow; that is its right."""
    try:
        one.sendall(data)
    except OSError:
        return


def _sip(one: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ)
        if selector.select(0):
            try:
                one.recv(64)
            except OSError:
                return
