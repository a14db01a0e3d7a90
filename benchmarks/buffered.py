"""granian with whole bodies: its event loop waits for the slow, and a thread is taken only when there is something to do.

`benchmarks.buffered:app`, served with `--interface rsgi`. An experiment: portal/ has no such adapter yet.
"""

import asyncio
import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any
from urllib.parse import unquote_to_bytes

LARGEST, PATIENCE = 2_000_000, 60
CUT_OFF, TOO_SLOW = (413, [("content-length", "0")], b""), (408, [("content-length", "0")], b"")
Answer = tuple[int, list[tuple[str, str]], bytes]


class Buffered:
    """A WSGI application as granian's RSGI; `threads` answer, any number may wait."""

    def __init__(self, wsgi: Any, threads: int) -> None:
        self.wsgi = wsgi
        self.pool = ThreadPoolExecutor(threads)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        try:
            body = await asyncio.wait_for(_read(scope, protocol), PATIENCE)
        except TimeoutError:
            protocol.response_bytes(*TOO_SLOW)
            return
        if body is None:
            protocol.response_bytes(*CUT_OFF)
            return
        answer = asyncio.get_running_loop().run_in_executor(self.pool, self._call, _environ(scope, body))
        protocol.response_bytes(*await answer)

    def _call(self, environ: dict[str, Any]) -> Answer:
        started: list[Any] = []
        found = self.wsgi(environ, lambda status, headers, _=None: started.append((int(status[:3]), headers)))
        try:
            data = b"".join(found)
        finally:
            if hasattr(found, "close"):
                found.close()
        return *started[-1], data


async def _read(scope: Any, protocol: Any) -> bytes | None:
    """The whole body, or nothing when it is larger than anybody needs."""
    if scope.method in ("GET", "HEAD"):
        return b""
    parts, size = [], 0
    async for part in protocol:
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(bytes(part))
    return b"".join(parts)


def _environ(scope: Any, body: bytes) -> dict[str, Any]:
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method, "SCRIPT_NAME": "", "QUERY_STRING": scope.query_string,
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"), "SERVER_NAME": host, "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}", "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0), "wsgi.url_scheme": scope.scheme, "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False, "CONTENT_LENGTH": str(len(body)),
    }  # fmt: skip
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = f"{environ[f'HTTP_{key}']},{value}" if f"HTTP_{key}" in environ else value
    return environ


wrapped = import_module(os.environ["BENCHMARK_TARGET"].partition(":")[0]).app
app = Buffered(wrapped, int(os.environ["BENCHMARK_THREADS"]))
