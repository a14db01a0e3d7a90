"""`flask serve`, as an operator runs it behind a proxy."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests
from bs4 import BeautifulSoup

from portal.settings import REPOSITORY
from tests import databases
from tests.conftest import FERNET

pytestmark = pytest.mark.once


@pytest.fixture
def server(tmp_path, migrated):
    """(its address, its process)"""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = databases.make_sqlite(migrated.removeprefix("sqlite:///"), tmp_path / "served.db")
    env = os.environ | {
        "DATABASE_URL": url, "SECRET_KEY": "test " * 8, "ENCRYPTION_KEYS": FERNET, "INSTANCE_PATH": str(tmp_path),
        "TRUSTED_PROXIES": "1", "SIGN_IN_RATE": "2", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=env, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True)
    address = f"http://localhost:{port}"
    for _ in range(300):
        try:
            requests.get(f"{address}/readyz", timeout=2).raise_for_status()
            break
        except requests.RequestException:
            time.sleep(0.1)
    yield address, process
    process.kill()
    process.communicate()


def ask_to_sign_in(address, person):
    """From a browser at this address, as the proxy tells it."""
    browser = requests.Session()
    browser.headers["X-Forwarded-For"] = person
    page = BeautifulSoup(browser.get(f"{address}/login", timeout=10).text, "html.parser")
    form = {"csrf_token": page.find("input", attrs={"name": "csrf_token"})["value"], "email": "ada@acme.example"}
    return browser.post(f"{address}/login", data=form, timeout=10).status_code


def test_it_believes_the_proxies_it_was_told_of_and_ends_in_order(server):
    address, process = server

    assert [ask_to_sign_in(address, "192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert ask_to_sign_in(address, "192.0.2.2") == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert "Traceback" not in process.stderr.read()
