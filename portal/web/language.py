"""The language and time zone of the reader: chosen in this browser, else by this person before, else what the browser asks."""

from datetime import tzinfo
from pathlib import Path

from babel import Locale
from flask import Blueprint, Flask, redirect, request
from flask_babel import Babel, get_locale, refresh
from pytz import UnknownTimeZoneError, timezone
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.organizations import users
from portal.settings import Settings, SettingsRefused, current
from portal.web import session, targets
from portal.web.access import access
from portal.words import said

COOKIE, ZONE_COOKIE = "vestibule-language", "vestibule-zone"
SHIPPED = Path(__file__).parent.parent / "translations"
PROGRAMS = frozenset({"scim", "api"})
ANSWERS = frozenset({
    "oidc.issue_token", "oidc.introspect_token", "oidc.revoke_token", "oidc.show_userinfo", "relying_party.receive_logout",
})  # fmt: skip
"""Endpoints that programs ask, among those of people."""

ENGLISH = "en"
YEAR = 31_536_000

bp = Blueprint("language", __name__)


def bind(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    folders = [str(folder) for folder in (SHIPPED, settings.languages_path) if folder]
    _check(settings.languages, folders)
    Babel().init_app(  # one for each application: it remembers catalogues by their language alone
        app,
        default_locale=settings.languages[0],
        default_translation_directories=";".join(folders),
        locale_selector=_language,
        timezone_selector=_zone,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(languages=offered, reading=get_locale, said=said)
    app.before_request(refresh)


@bp.post("/language")
@access("public")
def choose_language() -> Response:
    wish = request.form.get("language", "")
    response = redirect(targets.local(request.form.get("next")) or "/", 303)
    if wish in current().languages:
        response.set_cookie(COOKIE, wish, max_age=YEAR, secure=current().secure, httponly=True, samesite="Lax")
        if session.signed_in():
            users.choose_language(session.person(), wish)
            db.session.commit()
    return response


def offered() -> list[tuple[str, str]]:
    """Each language by its own name: [("en", "English"), ("de", "Deutsch"), …]."""
    return [(code, (Locale.parse(code).get_display_name(code) or code).capitalize()) for code in current().languages]


def _language() -> str:
    languages = current().languages
    if not request or request.blueprint in PROGRAMS or request.endpoint in ANSWERS:
        return ENGLISH
    if (wish := request.cookies.get(COOKIE)) in languages:
        return str(wish)
    if session.signed_in() and (wish := session.person().language) in languages:
        return str(wish)
    return request.accept_languages.best_match(languages) or languages[0]


def _zone() -> tzinfo:
    """One of pytz: Flask-Babel asks it to normalize."""
    try:
        return timezone((request and request.cookies.get(ZONE_COOKIE)) or "UTC")
    except UnknownTimeZoneError:
        return timezone("UTC")


def _check(languages: tuple[str, ...], folders: list[str]) -> None:
    there = {path.parent.parent.name for folder in folders for path in Path(folder).glob("*/LC_MESSAGES/messages.mo")}
    if not languages or (missing := sorted({*languages} - there - {ENGLISH})):
        raise SettingsRefused(f"LANGUAGES: there is no translation for {', '.join(missing) if languages else 'none'}")
