"""Pulling directories beside the worker's other duties, so that a large company keeps no mail waiting."""

import threading

import sqlalchemy as sa
import structlog
from flask import Flask

from portal.extensions import db
from portal.google import pulling

log = structlog.get_logger("pull")

PAUSE = 2.0


def run(app: Flask, stopped: threading.Event) -> None:
    """Until `stopped` is set; a pull under way is then given back, for the next worker to begin anew."""
    while not stopped.is_set():
        stopped.wait(0 if _round(app, stopped) else PAUSE)


def once(app: Flask) -> None:
    """What is due now."""
    stopped = threading.Event()
    while _round(app, stopped):
        pass


def _round(app: Flask, stopped: threading.Event) -> bool:
    with app.app_context():
        try:
            return pulling.pull_due(stopped)
        except sa.exc.SQLAlchemyError as error:  # the lease ends by itself, and the pull is taken up again
            db.session.rollback()
            log.warning("pull", problem=type(getattr(error, "orig", error)).__name__)
            return False
