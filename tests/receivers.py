"""Applications that receive webhooks: small servers that verify what they get with the reference implementation."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from standardwebhooks.webhooks import Webhook

from tests.conftest import settings_for


class Receiver:
    """`answers` is what it says to the next messages, then 200; while `closed` is set it does not answer at all."""

    def __init__(self):
        self.answers, self.headers, self.got, self.secrets, self.wrong = [], {}, [], [], []
        self.open = threading.Event()
        self.open.set()
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self):
        self.open.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def take(self, body, headers):
        """The status to answer with."""
        with self.lock:
            status = self.answers.pop(0) if self.answers else 200
            for secret in self.secrets:
                try:
                    Webhook(secret).verify(body, dict(headers))
                except Exception as error:
                    self.wrong.append(error)
            self.got.append((status, _read(body, headers), dict(headers)))
        return status

    @property
    def heard(self):
        """The events it accepted."""
        return [event for status, event, _ in self.got if status == 200]

    def wait_for(self, count, seconds=60):
        until = time.monotonic() + seconds
        while len(self.heard) < count:
            assert time.monotonic() < until, f"{len(self.heard)} of {count} after {seconds} s"
            threading.Event().wait(0.02)


def _read(body, headers):
    if headers["Content-Type"] == "application/json":
        return json.loads(body)
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _handler(receiver):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender was killed in the middle of it
                self.close_connection = True
                return
            receiver.open.wait(60)
            status = receiver.take(body, self.headers)
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture
def make_receiver():
    made = []

    def make():
        made.append(Receiver())
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def receiver(make_receiver):
    return make_receiver()


@pytest.fixture
def trusting(app, monkeypatch):
    """An operator who allows this machine to be told."""
    usual = app.config["SETTINGS"]
    settings = settings_for(
        usual.instance_path, usual.database_url, fetch_allowed_hosts=("127.0.0.1",), webhook_seconds=20
    )
    monkeypatch.setitem(app.config, "SETTINGS", settings)
