"""Sending logout tokens: beside the worker's other work, several at once, so that a slow client keeps nobody waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import urlencode

import sqlalchemy as sa
import structlog
from flask import Flask

from portal.extensions import db
from portal.models.base import now
from portal.oidc import tokens
from portal.organizations import backchannel
from portal.organizations.backchannel import Ended
from portal.settings import current
from portal.web import fetch
from portal.web.fetch import NotFetched

log = structlog.get_logger("logouts")

PAUSE = 1.0
THREADS = 8
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


def run(app: Flask, stopped: threading.Event) -> None:
    """Until `stopped` is set; a database that is away for a while does not end it."""
    while not stopped.is_set():
        try:
            busy = once(app)
        except sa.exc.SQLAlchemyError as error:
            log.warning("logouts", problem=type(error).__name__)
            busy = False
        stopped.wait(0 if busy else PAUSE)


def once(app: Flask) -> bool:
    """What is due now; true when there may be more at once. The database is not held while a client answers."""
    with app.app_context():
        due = backchannel.take_due()
        posts = [(ended, urlencode({"logout_token": tokens.logout_token(ended)}).encode()) for ended in due]
        db.session.commit()
        with ThreadPoolExecutor(THREADS) as pool:
            for ended, heard, words, at in pool.map(lambda post: _send(app, *post), posts):
                (backchannel.heard if heard else backchannel.unheard)(ended, words, at)
                db.session.commit()
        return len(due) == backchannel.BATCH


def _send(app: Flask, ended: Ended, body: bytes) -> tuple[Ended, bool, str, datetime]:
    """200 and 204 are the client's yes (OpenID Connect Back-Channel Logout 1.0 §2.8)."""
    at = now()
    with app.app_context():
        try:
            answer = fetch.post(ended.url, body, HEADERS, seconds=current().webhook_seconds)
        except NotFetched as problem:
            return ended, False, str(problem)[:320], at
    log.info("logout", client=str(ended.client_id), answered=answer.status)
    return ended, 200 <= answer.status < 300, f"HTTP {answer.status}", at
