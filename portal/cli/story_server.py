"""A server of the story's own: `flask demo` in another process, on a free port, ended with the story."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

SECONDS = 60


class NotStarted(RuntimeError):
    """The text ends with what the server said."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Its address, once it is ready to serve."""
    port = _free_port()
    log = folder / "server.log"
    command = [sys.executable, "-m", "flask", "--app", "portal.app", "demo", "--port", str(port)]
    environment = {**os.environ, "INSTANCE_PATH": str(folder / "instance")}
    environment.pop("DATABASE_URL", None)  # the story plays in a world of its own
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)  # noqa: S603
        try:
            _wait(f"http://localhost:{port}", server, log)
            yield f"http://localhost:{port}"
        finally:
            _end(server)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if requests.get(f"{url}/readyz", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise NotStarted(f"The server did not start.\n{log.read_text(errors='replace')[-2000:]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
