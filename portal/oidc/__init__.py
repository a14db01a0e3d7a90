"""The door people go through to the application: an OpenID provider."""

from flask import Blueprint

from portal.extensions import csrf

bp = Blueprint("oidc", __name__)

from portal.oidc import leaving, views  # noqa: E402

csrf.exempt(bp)

__all__ = ["bp", "leaving", "views"]
