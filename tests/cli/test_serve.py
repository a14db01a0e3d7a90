"""`flask serve`, as an operator runs it behind a proxy."""

import signal

import pytest
import requests
from bs4 import BeautifulSoup

from tests import databases
from tests.cli.serving import serve

pytestmark = pytest.mark.once


@pytest.fixture
def server(tmp_path, migrated):
    """(its address, its process)"""
    url = databases.make_sqlite(migrated.removeprefix("sqlite:///"), tmp_path / "served.db")
    address, process = serve(url, tmp_path, TRUSTED_PROXIES="1", SIGN_IN_RATE="2")
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
