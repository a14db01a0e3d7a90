"""The door of guided set-up: runs whatever `wizards/` describes, for people who may and for holders of a setup link."""

from flask import Blueprint

bp = Blueprint("setup", __name__, url_prefix="/setup")

from portal.setup import actions, beginning, domains, links, panels, renewal, seat, visitor, walking  # noqa: E402

__all__ = ["actions", "beginning", "domains", "links", "panels", "renewal", "seat", "visitor", "walking"]
