"""flask worker: sends what waits, clears what has expired, looks at metadata of IdPs and records of domains again and at what
ends soon, pulls directories."""

import signal
import threading
import time

import click
import sqlalchemy as sa
import structlog
from flask import Flask, current_app

from portal.cli import leaving, looking, pulling, role, sending
from portal.extensions import db
from portal.models import LoginTransaction, MailLink, PasskeyChallenge, SamlAssertion
from portal.models.base import now
from portal.organizations import (
    acknowledgements,
    connection_keys,
    connection_tests,
    deliveries,
    kept_answers,
    mail,
    reminders,
)
from portal.saml import refreshing

log = structlog.get_logger("worker")

PAUSE = 2.0
SETTLE_EVERY = 10.0


@click.command(
    "worker", help="Send what waits, clear what has expired, refresh metadata, pull directories, until stopped."
)
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
def command(once: bool) -> None:
    stopped = threading.Event()
    if not once:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    role.load_configured(app)
    if once:
        while work(app):
            pass
        pulling.once(app)
        sending.once(app)
        while leaving.once(app):
            pass
        settle(app)
    else:
        run(app, stopped)


def run(app: Flask, stopped: threading.Event) -> None:
    """Work until `stopped` is set; a database that is away for a while does not end the worker. Webhooks and logout tokens
    are sent and directories pulled beside the rest, so that a slow mail server does not delay them."""
    threads = (sending, leaving, pulling)
    beside = [threading.Thread(target=one.run, args=(app, stopped), name=one.__name__) for one in threads]
    for thread in beside:
        thread.start()
    settled_at = 0.0
    while not stopped.is_set():
        try:
            busy = work(app)
            if time.monotonic() > settled_at + SETTLE_EVERY:
                settle(app)
                settled_at = time.monotonic()
        except sa.exc.DBAPIError as error:
            log.warning("worker", problem=type(error).__name__)
            busy = False
        stopped.wait(0 if busy else PAUSE)
    for thread in beside:
        thread.join()


def work(app: Flask) -> bool:
    """One round; true when there may be more to do at once."""
    with app.app_context():
        waiting = mail.take_waiting()
        db.session.commit()
        for one in waiting:
            mail.send(one)
            db.session.commit()
        _clear()
        db.session.commit()
        refreshing.refresh_due()
        looking.look_at_due()
        looked_at = _look_ahead()
        return len(waiting) == mail.BATCH or looked_at == reminders.BATCH


def _look_ahead() -> int:
    """What ends soon, for some organizations; how many were looked at. All or nothing: a worker that is killed leaves no
    notice half sent."""
    due = reminders.take_due()
    if due:
        reminders.send(due)
    db.session.commit()
    return len(due)


def settle(app: Flask) -> None:
    """Receipts of offboarding: what became of them, and whether somebody must look."""
    with app.app_context():
        acknowledgements.settle()
        acknowledgements.alert()
        db.session.commit()


def _clear() -> None:
    """What can never be used again: sign-ins abandoned, assertions and links that have expired."""
    deliveries.forget_old()
    mail.forget_old()
    kept_answers.forget_old()
    for model in (LoginTransaction, SamlAssertion, MailLink, PasskeyChallenge):
        db.session.execute(sa.delete(model).where(model.expires_at < now()))
    connection_keys.forget_retired()
    connection_tests.forget()
