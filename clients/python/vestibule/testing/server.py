"""A Vestibule in processes of its own: web server and worker on SQLite, in a folder that is thrown away."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from vestibule.api import Api
from vestibule.testing.company import Company

FLASK = (sys.executable, "-m", "flask", "--app", "portal.app")
COMMANDS = (sys.executable, "-m", "vestibule.testing.commands")
SECONDS = 60


class NotStarted(RuntimeError):
    """The text ends with what the server said."""


class Running:
    """Its address, its command line, and companies that practise in it."""

    def __init__(self, url: str, commands: "subprocess.Popen[str]") -> None:
        self.url, self.commands, self._one = url, commands, threading.Lock()

    def flask(self, *words: str, typed: str = "") -> dict[str, str]:
        """What a command of the Vestibule prints with `--json`."""
        printed: dict[str, str] = json.loads(self._run(*words, "--json", typed=typed))
        return printed

    def _run(self, *words: str, typed: str = "") -> str:
        asking, answers = self.commands.stdin, self.commands.stdout
        if asking is None or answers is None:
            raise NotStarted
        with self._one:
            asking.write(f"{json.dumps({'words': words, 'typed': typed})}\n")
            asking.flush()
            line = answers.readline()
        done = json.loads(line or '{"status": 1, "wrong": "the commands ended"}')
        if done["status"]:
            raise RuntimeError(f"flask {' '.join(words)}: {done['wrong'].strip()}")
        return str(done["said"])

    @cached_property
    def api(self) -> Api:
        """With a key that may do everything."""
        return Api(self.url, self.flask("api-key", "create", "tests")["key"])

    def client(self, name: str, redirect_uri: str, *options: str) -> dict[str, str]:
        """An OpenID Connect client: `client_id`, `client_secret`, `issuer`."""
        return self.flask("client", "create", name, "--redirect-uri", redirect_uri, *options)

    def company(self, name: str, domain: str) -> Company:
        """An organization with this e-mail domain, verified, and nobody in it."""
        made = self.flask("org", "create", name, "--domain", domain, "--verified")
        return Company(self.url, self.flask, made["id"], made["slug"], name, domain)


@contextlib.contextmanager
def running(folder: Path, settings: Mapping[str, str]) -> Iterator[Running]:
    """Web server and worker, ready to serve; ended in the end."""
    port = _free_port()
    url = f"http://localhost:{port}"
    ours = {
        "INSTANCE_PATH": str(folder), "DATABASE_URL": f"sqlite:///{folder}/vestibule.db", "PUBLIC_URL": url,
        "PRACTICE": "true", "GOOGLE_ADDRESS": f"{url}/practice/google", "LOG_LEVEL": "WARNING", "SIGN_IN_RATE": "0",
    }  # fmt: skip
    environment = {**os.environ, **ours, **settings}
    log = (folder / "server.log").open("wb")
    with log, contextlib.ExitStack() as stack:
        commands = subprocess.Popen(
            COMMANDS, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        stack.callback(_end, commands)
        server = Running(url, commands)
        server._run("db", "upgrade")
        for words in (("serve", "--port", str(port)), ("worker",)):
            process = subprocess.Popen([*FLASK, *words], env=environment, stdout=log, stderr=log)
            stack.callback(_end, process)
        _wait(server, folder / "server.log")
        yield server


def _wait(server: Running, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{server.url}/readyz", timeout=2).is_success:
                return
        time.sleep(0.1)
    raise NotStarted(f"The Vestibule did not start.\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    for pipe in filter(None, (process.stdin, process.stdout)):
        pipe.close()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
