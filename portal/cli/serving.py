"""The built-in server for one machine: waitress on loopback, with the worker beside it."""

import logging
import signal
import socket
import sys
import threading

import waitress
from flask import Flask

from portal.cli import worker
from portal.settings import Settings


class PortTaken(OSError):
    """Somebody else listens there."""


def listen(port: int) -> list[socket.socket]:
    """On 127.0.0.1, and on ::1 where there is one: browsers try either for “localhost”."""
    sockets = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            sockets.append(_bound(family, host, port))
        except OSError as error:
            if family is socket.AF_INET:
                raise PortTaken(port) from error
    return sockets


def serve(app: Flask, settings: Settings, sockets: list[socket.socket]) -> None:
    """Until Ctrl-C or SIGTERM; the worker ends with it."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job begins with Ctrl-C ignored
        signal.signal(number, lambda *_: sys.exit(0))
    stopped = threading.Event()
    helper = threading.Thread(target=worker.run, args=(app, stopped), name="worker")
    helper.start()
    # A page asks for more files at once than there are threads.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(app, sockets=sockets, threads=settings.server_threads, ident=None)
    try:
        server.run()
    finally:
        stopped.set()
        server.close()
        helper.join()


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    return found
