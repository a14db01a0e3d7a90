"""Is the process there, and can it serve? `/healthz` never touches the database, `/readyz` does (design.md §8.3)."""

from functools import cache

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify, redirect, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from portal.extensions import db
from portal.web import session
from portal.web.access import access

bp = Blueprint("web", __name__)


@bp.get("/")
@access("public")
def show_home() -> BaseResponse:
    return redirect(url_for("account.show_profile" if session.signed_in() else "auth.show_login"), 303)


@bp.get("/healthz")
@access("public")
def show_health() -> Response:
    return jsonify(status="ok")


@bp.get("/readyz")
@access("public")
def show_readiness() -> tuple[Response, int]:
    problem = _problem()
    return jsonify(status=problem or "ok"), 503 if problem else 200


def _problem() -> str:
    try:
        db.session.execute(sa.text("SELECT 1"))
        found = MigrationContext.configure(db.session.connection()).get_current_revision()
    except SQLAlchemyError:
        return "the database does not answer"
    expected = _head(str(current_app.extensions["migrate"].directory))
    return "" if found == expected else "the database needs `flask db upgrade`"


@cache
def _head(folder: str) -> str | None:
    """The migration this code was made for; it cannot change while the process runs."""
    config = Config()
    config.set_main_option("script_location", folder)
    return ScriptDirectory.from_config(config).get_current_head()
