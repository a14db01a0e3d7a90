"""Sign-in and sign-out through oidc-provider (npm), which nobody here wrote and the OpenID Foundation certified."""

import secrets
import shutil
import subprocess
import threading
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup
from werkzeug.serving import make_server

from portal.extensions import db
from portal.models import Session
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from portal.relying_party import discovery
from tests import databases
from tests.factories import make_connection, make_organization
from tests.saml import real_idps

FOLDER = Path(__file__).parent.parent / "node"
pytestmark = pytest.mark.real_idp


@pytest.fixture
def port():
    real_idps.need("npm, then npm ci --prefix tests/node", (FOLDER / "node_modules/oidc-provider").is_dir())
    return real_idps.free_port()


@pytest.fixture
def live(make_app, port):
    """Our application on a port of its own, allowed to ask the provider."""
    ours = real_idps.free_port()
    app = make_app(public_url=f"http://localhost:{ours}", fetch_allowed_hosts=(f"127.0.0.1:{port}",))
    server = make_server("127.0.0.1", ours, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with app.app_context():
        yield app
        db.session.rollback()
        if databases.POSTGRESQL:
            databases.empty()
        db.session.remove()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def connection(live, port):
    """Connected as an operator does it: the draft first, whose addresses the provider is given, then its issuer."""
    company = make_organization("Acme", domain="acme.example", owner="owner@acme.example")
    made = make_connection(company, idp="openid", live=False)
    made.single_logout = True
    db.session.commit()
    secret = secrets.token_urlsafe(24)
    process = subprocess.Popen(
        [shutil.which("node"), "openid_provider.js", str(port), made.callback_url, made.signed_out_url, secret],
        cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    issuer = f"http://127.0.0.1:{port}"
    real_idps.until_up(f"{issuer}/jwks")
    reading = discovery.read(issuer)
    assert reading.provider, reading.findings
    connections.stage(made, reading.provider.configuration("vestibule", secret), by=OPERATOR)
    connections.go_live(made, by=OPERATOR)
    db.session.commit()
    address = made.login_url
    db.session.rollback()  # the server needs the database now
    yield address
    process.terminate()
    process.wait()


def living():
    db.session.rollback()
    query = db.select(Session).where(Session.connection_id.is_not(None), Session.revoked_at.is_(None))
    found = [(row.user.email, row.user.name) for row in db.session.scalars(query)]
    db.session.rollback()  # the server needs the database now
    return found


def press(browser, page, **values):
    """The page's own form, filled in."""
    form = BeautifulSoup(page.text, "html.parser").find("form")
    fields = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
    buttons = [one for one in form.find_all("button") if one.get("name")]
    fields |= {buttons[0]["name"]: buttons[0].get("value", "")} if buttons else {}
    return browser.post(str(page.url.join(form["action"])), data=fields | values)


def test_somebody_signs_in_there_and_signing_out_there_ends_it_here(connection):
    with httpx.Client(follow_redirects=True, timeout=30) as browser:
        consent = press(browser, browser.get(connection), login="grace", password="any")
        account = press(browser, consent)
        came_in = living()
        leave = BeautifulSoup(account.text, "html.parser").find("form", action="/sign-out")
        token = leave.find("input", attrs={"name": "csrf_token"})["value"]
        asked = browser.post(str(account.url.join("/sign-out")), data={"csrf_token": token})
        end = press(browser, asked, logout="yes")

    assert came_in == [("grace@acme.example", "Grace Hopper")]
    assert "You are signed out" in end.text, end.text
    assert living() == []


def test_a_provider_that_ends_a_session_tells_us_by_itself(connection, port):
    """Back-channel logout: its server speaks to ours."""
    with httpx.Client(follow_redirects=True, timeout=30) as browser:
        consent = press(browser, browser.get(connection), login="grace", password="any")
        press(browser, consent)
        came_in = living()
        press(browser, browser.get(f"http://127.0.0.1:{port}/session/end"), logout="yes")

    assert len(came_in) == 1
    assert living() == []
