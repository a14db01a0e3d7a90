"""The test client: every page it fetches is held to the invariants of the house (house-style 28)."""

import contextvars
import re

from bs4 import BeautifulSoup
from flask import has_app_context
from flask.testing import FlaskClient

from portal.extensions import db

UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


class CheckedClient(FlaskClient):
    """A browser without JavaScript: it carries CSRF tokens along, as a person's form does."""

    def open(self, *args, **kwargs):
        """In a context of its own, as a server has: nothing of the test's session or `g` reaches the request."""
        if has_app_context():
            db.session.commit()
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if response.mimetype == "text/html" and response.data and response.status_code != 303:
            check(response, fragment="HX-Request" in response.request.headers)
        return response

    def submit(self, url, data=None, *, page=None, **kwargs):
        """Fetch the page a form stands on, take its CSRF token, and send the form."""
        token = csrf_token(self.get(page or url, follow_redirects=True))
        return self.post(url, data={"csrf_token": token} | (data or {}), **kwargs)


def csrf_token(response):
    found = BeautifulSoup(response.data, "html.parser").find("input", attrs={"name": "csrf_token"})
    assert found is not None, f"no form with a CSRF token on {response.request.path}"
    return found["value"]


def soup(response):
    return BeautifulSoup(response.data, "html.parser")


def text(response):
    """What a person reads, with white space folded."""
    return re.sub(r"\s+", " ", soup(response).get_text(" ")).strip()


def check(response, *, fragment=False):
    page = soup(response)
    where = f"{response.request.method} {response.request.path} ({response.status_code})"
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"{where}: duplicate ids {sorted({i for i in ids if ids.count(i) > 1})}"
    if not fragment:
        _check_frame(page, where)
    for tag in page.find_all(True):
        inline = [name for name in tag.attrs if name == "style" or name.startswith(("on", "hx-on"))]
        assert not inline, f"{where}: inline {inline} on <{tag.name}>"
    for script in page.find_all("script"):
        assert script.get("src") or script.get("type") == "application/json", f"{where}: inline script"
    _check_forms(page, where)


def _check_frame(page, where):
    headings = page.find_all("h1")
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    heading = re.sub(r"\s+", " ", headings[0].get_text(" ")).strip()
    title = re.sub(r"\s+", " ", page.title.get_text()).strip() if page.title else ""
    assert title.startswith(heading), f"{where}: title {title!r} does not begin with h1 {heading!r}"
    assert page.html.get("lang"), f"{where}: no language"


def _check_forms(page, where):
    labels = {label.get("for") for label in page.find_all("label")}
    for field in page.find_all(["input", "select", "textarea"]):
        if field.get("type") in UNLABELLED:
            continue
        named = (
            field.get("id") in labels
            or field.find_parent("label")
            or field.get("aria-label")
            or field.get("aria-labelledby")
        )
        assert named, f"{where}: no label for {field.get('name') or field}"
    for form in page.find_all("form"):
        assert form.get("action") is not None, f"{where}: a form without action"
        if form.get("method", "get").lower() == "post" and not form["action"].startswith(("http:", "https:")):
            assert form.find("input", attrs={"name": "csrf_token"}), f"{where}: a form without CSRF token"
