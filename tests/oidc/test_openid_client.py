"""openid-client, the OpenID library of JavaScript, signs in through us."""

import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import waitress

from portal.cli import serving
from portal.extensions import db
from tests.oidc.application import Application

NODE = Path(__file__).parent.parent / "node"
pytestmark = pytest.mark.real_idp


@pytest.fixture
def installed():
    if not shutil.which("node") or not (NODE / "node_modules/openid-client").is_dir():
        pytest.skip("no openid-client here: run bin/tools, which needs node and npm")


@pytest.fixture
def app(make_app):
    """The application of the other fixtures, on a server that another process can reach."""
    sockets = serving.listen(0)
    port = sockets[0].getsockname()[1]
    for extra in sockets[1:]:
        extra.close()
    app = make_app(public_url=f"http://localhost:{port}")
    running = waitress.create_server(app, sockets=sockets[:1], threads=4)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    with app.app_context():
        yield app
        db.session.rollback()
    running.close()
    thread.join(timeout=5)


def test_openid_client_signs_in_refreshes_asks_and_revokes(installed, app, browser, acme, ada):
    people = (str(ada.user_id), str(acme.id))
    notes, issuer = Application(app), app.config["SETTINGS"].public_url
    cookie = f"vestibule={browser.get_cookie('vestibule').value}"

    db.session.commit()  # nothing of ours is held while another process asks
    ran = subprocess.run(
        ["node", NODE / "sign_in.js", issuer, notes.id, notes.secret, cookie],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert (said["claims"]["sub"], said["claims"]["org_id"]) == people
    assert said["person"]["email"] == "ada@acme.example"
    assert (said["before"]["active"], said["after"]["active"]) == (True, False)
    assert said["leaving"].startswith(f"{issuer}/oidc/logout?")
