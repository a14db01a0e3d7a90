"""The door of guided set-up: runs whatever `wizards/` describes, for people who may and for holders of a setup link."""

from flask import Blueprint

bp = Blueprint("setup", __name__, url_prefix="/setup")

from portal.setup import (  # noqa: E402
    actions,
    beginning,
    domains,
    links,
    panels,
    pulls,
    recognising,
    renewal,
    seat,
    visitor,
    walking,
)

__all__ = [
    "actions", "beginning", "domains", "links", "panels", "pulls", "recognising", "renewal", "seat", "visitor", "walking",
]  # fmt: skip
