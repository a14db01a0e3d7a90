"""The application factory: settings, extensions, habits, doors."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.extensions import csrf, db, htmx, migrate
from portal.models import engine
from portal.settings import BUNDLED, REPOSITORY, Settings, read
from portal.web import access, errors, former, headers, health, language, limits, logs, metrics, pages, session
from wizards import loading

DOORS = ("auth", "account", "setup", "staff", "practice", "saml", "relying_party", "scim", "api", "oidc")


class Portal(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No function of ours is a coroutine; asking each of them at each request took a twentieth of a look-up."""
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        headers.name_request()
        former.lead()  # before Flask asks which view it is
        return super().preprocess_request()


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or read()
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    app = Portal(
        "portal",
        instance_path=str(settings.instance_path.resolve()),
        template_folder=str(_place("templates")),
        static_folder=str(_place("static")),
        static_url_path="/static",
    )
    app.config.from_mapping(_configuration(settings))
    logs.configure(settings)
    loading.load_all(settings.wizards_paths)  # a broken guide of the operator's is told now, not to the first customer
    _bind_extensions(app, settings)
    _open_doors(app)
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.signing_secret,
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": engine.options(settings),
        "MAX_CONTENT_LENGTH": max(settings.max_body, settings.scim_max_body),
        "MAX_FORM_MEMORY_SIZE": settings.max_body,
        "SESSION_COOKIE_NAME": "__Host-vestibule" if settings.secure else "vestibule",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": settings.session_days * 86_400,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # the token decides; PUBLIC_URL may differ from the address a proxy uses inside
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000 if settings.environment == "production" else 0,
    }


def _bind_extensions(app: Flask, settings: Settings) -> None:
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)
    app.teardown_request(engine.stop_reading)
    migrate.init_app(app, db, directory=str(_place("migrations")), render_as_batch=True, compare_type=True)
    htmx.init_app(app)
    for habit in (headers, session, access, errors, limits, language, pages, metrics):
        habit.bind(app)
    csrf.init_app(app)  # after `access`, which hides what is not yours


def _open_doors(app: Flask) -> None:
    app.register_blueprint(health.bp)
    app.register_blueprint(metrics.bp)
    app.register_blueprint(language.bp)
    for door in DOORS:
        if door != "practice" or app.config["SETTINGS"].practice:
            app.register_blueprint(import_module(f"portal.{door}").bp)
    import_module("portal.cli").bind(app)


def _place(folder: str) -> Path:
    """Beside the package in a checkout, inside it in a wheel."""
    return REPOSITORY / folder if (REPOSITORY / folder).is_dir() else BUNDLED / folder
