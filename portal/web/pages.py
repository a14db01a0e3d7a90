"""What every template may use: components by name, assets by version, words for times and names."""

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, make_response, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined

from portal import words
from portal.web import session, sso, times
from portal.words import LazyString, _l

STYLESHEETS = ("css/tokens.css", "css/base.css", "css/layouts.css")


def bind(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    folder = Path(app.static_folder or "")
    sheets = [*STYLESHEETS, *sorted(str(path.relative_to(folder)) for path in folder.glob("css/components/*.css"))]
    app.jinja_env.globals.update(
        ago=times.ago,
        day=words.day,
        exact=times.exact,
        utc=times.utc,
        asset=asset,
        csrf_token=generate_csrf,
        initials=initials,
        app_name=app.config["SETTINGS"].app_name,
        integrity=_integrity(folder / "vendor/sri.txt"),
        sso_address=sso.address,
        sso_test_address=sso.test_address,
        stylesheets=lambda: [asset(sheet) for sheet in sheets],
        fragment="",
    )
    _load_components(app)
    app.context_processor(_person)


def _load_components(app: Flask) -> None:
    """One macro per file, named as the file, known to every template without an import. Icons first: others use them."""
    paths = Path(app.root_path, app.template_folder or "").glob("components/*.html")
    for path in sorted(paths, key=lambda path: (path.stem != "icon", path.stem)):
        module = app.jinja_env.get_template(f"components/{path.name}").module
        app.jinja_env.globals[path.stem] = getattr(module, path.stem)


def _person() -> dict[str, object]:
    """Who is signed in, for the top of the page."""
    if not current_user or not session.signed_in():
        return {"signed_in_as": "", "staff_url": ""}
    person = session.person()
    return {"signed_in_as": person.label, "staff_url": url_for("staff.list_organizations") if person.is_staff else ""}


def asset(name: str) -> str:
    """The address of a static file, with its content's fingerprint, so that browsers may keep it for good."""
    return url_for("static", filename=name, v=_fingerprint(name, _static_folder()))


LEAD = _l("Taking you to {host}.")


def send_away(address: str, *, title: str, lead: str | LazyString = LEAD) -> Response:
    """To another site by a page of ours: a redirect would fall under the policy of the form that led here (CSP
    `form-action`). It goes on by itself at once; the link is for browsers that do not."""
    if address.startswith("/"):
        return make_response(redirect(address, 303))
    host = urlsplit(address).hostname or address
    return make_response(
        render_template("leaving.html", title=title, lead=lead.format(host=host), address=address, host=host)
    )


def initials(name: str) -> str:
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def _static_folder() -> str:
    return current_app.static_folder or ""


@cache
def _fingerprint(name: str, folder: str) -> str:
    return hashlib.sha256(Path(folder, name).read_bytes()).hexdigest()[:10]


def _integrity(path: Path) -> dict[str, str]:
    """The fingerprint of each file that others wrote, by its name."""
    return {name.rpartition("/")[2]: sri for sri, name in map(str.split, path.read_text().splitlines())}
