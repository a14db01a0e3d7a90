"""The example application and a Vestibule, each in its own process or thread, and people with browsers."""

import asyncio
import importlib.util
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from vestibule.testing.browser import Browser
from werkzeug.serving import make_server

REPOSITORY = Path(__file__).resolve().parents[2]
NOTES = REPOSITORY / "examples" / "notes" / "app.py"


@pytest.fixture(scope="session")
def notes_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def vestibule_settings(notes_port):
    return {"FETCH_ALLOWED_HOSTS": f"127.0.0.1:{notes_port},localhost:{notes_port}", "ACCESS_TOKEN_MINUTES": "1"}


@pytest.fixture(scope="session")
def notes(vestibule, notes_port, tmp_path_factory):
    """The example as it stands, on a server; its address."""
    url = f"http://localhost:{notes_port}"
    back = ("--backchannel-logout-uri", f"{url}/auth/logged-out", "--logout-redirect-uri", f"{url}/auth/sign-in")
    client = vestibule.client("Notes", f"{url}/auth/callback", *back)
    hook = vestibule.api.create("webhooks", url=f"{url}/hooks", event_names=["member.*"])
    environment = {
        "VESTIBULE_URL": vestibule.url, "VESTIBULE_CLIENT_ID": client["client_id"],
        "VESTIBULE_CLIENT_SECRET": client["client_secret"], "VESTIBULE_API_KEY": vestibule.api.headers["Authorization"][7:],
        "NOTES_SECRET_KEY": "notes", "NOTES_WEBHOOK_SECRET": hook["secret"],
        "NOTES_DATABASE": str(tmp_path_factory.mktemp("notes") / "notes.db"),
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        server = make_server("127.0.0.1", notes_port, _load().app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield url
        server.shutdown()
        thread.join()


def awaited(coroutine):
    """What it answers. In a thread of its own: the browser of another test keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def _load():
    found = importlib.util.spec_from_file_location("notes_example", NOTES)
    module = sys.modules[found.name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Token:
    client_id: str
    user_id: str
    access: str
    identity: str


@pytest.fixture(scope="session")
def token(vestibule):
    """A plain member's tokens, as a sign-in brings them to a client."""
    company = vestibule.company("Tokens", "tokens.example")
    email = company.hire("Tess")
    callback, verifier = "http://localhost:9/callback", generate_token(48)
    client = vestibule.client("Probe", callback)
    flow = OAuth2Session(
        client["client_id"], client["client_secret"], scope="openid email", redirect_uri=callback,
        code_challenge_method="S256",
    )  # fmt: skip
    address, _ = flow.create_authorization_url(f"{vestibule.url}/oidc/authorize", code_verifier=verifier, nonce="n")
    with Browser() as browser:
        page = browser.send_form(browser.open(address), "/login", email=email)
        back = _where_to(browser, page)
    given = flow.fetch_token(f"{vestibule.url}/oidc/token", authorization_response=back, code_verifier=verifier)
    user_id = next(vestibule.api.list("organizations", company.slug, "memberships"))["user_id"]
    return Token(client["client_id"], user_id, given["access_token"], given["id_token"])


def _where_to(browser, page):
    """The application's address, with the code; nobody listens there."""
    try:
        browser.send_form(page, "/password", password="correct horse battery")
    except httpx.ConnectError as error:
        return str(error.request.url)
    raise AssertionError("never sent back to the application")


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def browse():
    """browse(): a person's browser, closed in the end."""
    opened = []

    def begin():
        opened.append(Browser())
        return opened[-1]

    yield begin
    for browser in opened:
        browser.close()
