"""Starting an application under a web server, and what its processes cost."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.seed import SETTINGS, World

REPOSITORY = Path(__file__).resolve().parent.parent
APP, FLOOR = "benchmarks.served:app", "benchmarks.floor:app"
BUFFERED = "benchmarks.buffered:app"
SERVERS = ("granian", "granian-buffered", "waitress", "gunicorn")


@dataclass
class Server:
    """A running web server and all its processes."""

    port: int
    process: psutil.Process
    seconds_to_start: float = 0.0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def seconds(self) -> float:
        """Processor time so far."""
        return sum(times.user + times.system for one in self._all() for times in [one.cpu_times()])

    def memory(self) -> float:
        """MiB of the largest process now."""
        return max(one.memory_info().rss for one in self._all()) / 2**20

    def peak(self) -> float:
        """MiB the largest process has ever held."""
        return max(map(_peak, self._all()))

    def _all(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def installed(name: str) -> bool:
    return (Path(sys.executable).parent / _program(name)).exists()


@contextmanager
def serve(
    name: str, target: str, url: str, world: World, folder: Path, *, threads: int = 4, workers: int = 1
) -> Iterator[Server]:
    port, loaded = _free_port(), BUFFERED if name == "granian-buffered" else target
    command = [str(Path(sys.executable).parent / _program(name)), *_options(name, port, threads, workers), loaded]
    settings = {key.upper(): str(value) for key, value in SETTINGS.items()}
    environment = os.environ | settings | {
        "DATABASE_URL": url, "INSTANCE_PATH": str(folder), "BENCHMARK_DIRECTORY": str(world.directory_id),
        "BENCHMARK_THREADS": str(threads), "BENCHMARK_TARGET": target,
    }  # fmt: skip
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        server = Server(port, psutil.Process(process.pid))
        _wait(server, process)
        server.seconds_to_start = time.monotonic() - began
        yield server
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """With its workers: some outlive the process that started them."""
    with suppress(psutil.Error):
        everybody = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        _, left = psutil.wait_procs([psutil.Process(process.pid), *everybody], timeout=5)
        for one in left:
            with suppress(psutil.Error):
                one.kill()
    process.wait(10)


def _program(name: str) -> str:
    return {"waitress": "waitress-serve", "granian-buffered": "granian"}.get(name, name)


def _options(name: str, port: int, threads: int, workers: int) -> list[str]:
    if name == "granian":
        return [
            "--interface", "wsgi", "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
            "--no-ws", "--log-level", "warning",
        ]  # fmt: skip
    if name == "granian-buffered":
        return [
            "--interface",
            "rsgi",
            "--port",
            str(port),
            "--workers",
            str(workers),
            "--no-ws",
            "--log-level",
            "warning",
        ]
    if name == "gunicorn":
        return ["-k", "gthread", "--threads", str(threads), "-w", str(workers), "-b", f"127.0.0.1:{port}"]
    return [f"--listen=127.0.0.1:{port}", f"--threads={threads}"]


def _wait(server: Server, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the web server ended before it answered")
        with suppress(OSError):
            _ask(f"http://{server.host}/healthz")
            return
        time.sleep(0.05)
    raise RuntimeError("the web server does not answer")


def _ask(address: str) -> None:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except urllib.error.HTTPError as answer:
        answer.close()  # the floor has no such page, and that is an answer, too


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _peak(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        words = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(words.split()[1]) / 1024
    return process.memory_info().rss / 2**20
