"""The application that docs/integrator.md tells a developer to write, taken from there, signs somebody in."""

import re
import sys
import threading

import pytest
from werkzeug.serving import make_server

from tests.sdk.conftest import REPOSITORY

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("sdk")]


@pytest.fixture
def walked(vestibule, tmp_path, monkeypatch):
    """app.py as it stands in the documentation, on a server; its address."""
    text = (REPOSITORY / "docs/integrator.md").read_text()
    code = re.search(r"Write `app.py`.*?```python\n(.*?)```", text, re.S)[1]
    server = make_server("127.0.0.1", 0, None, threaded=True)
    url = f"http://localhost:{server.port}"
    client = vestibule.client("My application", f"{url}/auth/callback")
    for name, value in {
        "VESTIBULE_URL": vestibule.url, "VESTIBULE_CLIENT_ID": client["client_id"],
        "VESTIBULE_CLIENT_SECRET": client["client_secret"], "SECRET_KEY": "anything-long",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    (tmp_path / "walked_app.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    import walked_app

    server.app = walked_app.app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    del sys.modules["walked_app"]


def test_it_greets_whoever_signs_in(vestibule, walked, browse):
    company, browser = vestibule.company("Walk", "walk.example"), browse()
    email = company.hire("Wanda")

    page = browser.send_form(browser.open(f"{walked}/"), "/login", email=email)
    page = browser.send_form(page, "/password", password="correct horse battery")

    assert page.text == f"Hello {email} of Walk"
