"""Sending webhooks: each lane by a thread of its own, so that a slow receiver keeps nobody else waiting."""

import contextlib
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import sqlalchemy as sa
import structlog
from flask import Flask

from portal.extensions import db
from portal.models.base import now
from portal.organizations import deliveries, feed, lanes, webhooks
from portal.organizations.deliveries import Message
from portal.organizations.lanes import Lane
from portal.settings import current
from portal.web import fetch
from portal.web.fetch import Answered, NotFetched

log = structlog.get_logger("webhooks")

PAUSE = 0.5
MOST, EACH = 64, 4
"""Threads of one process, and of these for one webhook; one whose last message was not heard has a single one."""

MARGIN = timedelta(seconds=40)
"""Nothing more is sent when the lease ends so soon: the slowest answer must come well before."""

NOT_SENT = {
    "private-address": "Not sent: the address leads into a private network. FETCH_ALLOWED_HOSTS can allow it.",
    "not-https": "Not sent: the address must begin with https://, without a port. FETCH_ALLOWED_HOSTS can allow it.",
    "no-such-host": "Not sent: there is no host of this name.",
    "too-slow": "No answer in time.",
}


class Sender:
    """What one process has in flight."""

    def __init__(self, app: Flask) -> None:
        self.app, self.stopping, self.idle = app, threading.Event(), threading.Condition()
        self.in_flight: Counter[uuid.UUID] = Counter()
        self.failing: set[uuid.UUID] = set()
        with app.app_context():  # SQLite has one writer: our threads queue here, not where who waits is luck
            self.turn = threading.Lock() if db.engine.dialect.name == "sqlite" else contextlib.nullcontext()

    def round(self) -> bool:
        """Place, fan out, and start a thread for each lane that may go; true when there may be more to do at once."""
        with self.app.app_context():
            more = self._prepare()
            with self._transaction():
                taken = [lane for webhook_id in lanes.ready() for lane in self._lease(webhook_id)]
        for lane in taken:
            threading.Thread(target=self._run, args=(lane,), name=f"webhook {lane.webhook_id}", daemon=True).start()
        return more or bool(taken)

    def wait_until_idle(self) -> None:
        with self.idle:
            self.idle.wait_for(lambda: not self.in_flight.total())

    def _prepare(self) -> bool:
        with self._transaction():
            placed = feed.place() if feed.unplaced() else 0
        with self._transaction():
            behind = deliveries.behind()
        more = placed == feed.BATCH
        for webhook_id in behind:
            with self._transaction():
                more |= deliveries.fan_out(webhook_id)
        return more

    def _lease(self, webhook_id: uuid.UUID) -> list[Lane]:
        with self.idle:
            each = 1 if webhook_id in self.failing else EACH
            free = min(each - self.in_flight[webhook_id], MOST - self.in_flight.total())
        found = lanes.lease(webhook_id, free) if free > 0 else []
        with self.idle:
            self.in_flight[webhook_id] += len(found)
        return found

    def _run(self, lane: Lane) -> None:
        try:
            with self.app.app_context():
                self._send_all(lane)
        except sa.exc.SQLAlchemyError as error:  # the lease ends by itself, and the lane is taken up again
            log.error("webhook", problem=type(getattr(error, "orig", error)).__name__)
        finally:
            with self.idle:
                self.in_flight[lane.webhook_id] -= 1
                self.idle.notify_all()

    def _send_all(self, lane: Lane) -> None:
        """In order, until one is not heard: those behind it wait."""
        with self._transaction():
            waiting = deliveries.messages(lane)
        held_back = False
        for message in waiting:
            if self.stopping.is_set() or now() > lane.until - MARGIN:
                break
            if not (held_back and message.ordered):
                held_back |= not self._send(lane, message) and message.ordered
        with self._transaction():
            lanes.release(lane)

    def _send(self, lane: Lane, message: Message) -> bool:
        words, answer = _post(message)
        heard = answer is not None and 200 <= answer.status < 300
        (self.failing.discard if heard else self.failing.add)(lane.webhook_id)
        with self._transaction():
            if heard:
                deliveries.heard(message, words)
            else:
                deliveries.unheard(message, words, wait=_retry_after(answer.retry_after) if answer else None)
            if answer and answer.status == 410:
                deliveries.gone(lane)
        log.info("webhook", webhook=str(lane.webhook_id), answered=words)
        return heard

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self.turn:
            try:
                yield
                db.session.commit()
            except sa.exc.SQLAlchemyError:
                db.session.rollback()
                raise


def run(app: Flask, stopped: threading.Event) -> None:
    """Until `stopped` is set; what is being sent then is finished, the rest is left to the next worker."""
    sender = Sender(app)
    while not stopped.is_set():
        try:
            busy = sender.round()
        except sa.exc.SQLAlchemyError as error:
            log.warning("webhooks", problem=type(error).__name__)
            busy = False
        stopped.wait(0 if busy else PAUSE)
    sender.stopping.set()
    sender.wait_until_idle()


def once(app: Flask) -> None:
    """What is due now."""
    sender, busy = Sender(app), True
    while busy:
        busy = sender.round()
        sender.wait_until_idle()


def _post(message: Message) -> tuple[str, Answered | None]:
    """What came back in words, and the answer where there was one. The database is not held meanwhile."""
    at = now()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": webhooks.signatures(message.sealed_secrets, message.id, at, message.body),
    }
    try:
        answer = fetch.post(message.url, message.body, headers, seconds=current().webhook_seconds)
    except NotFetched as problem:
        return NOT_SENT.get(problem.code, "The address could not be reached securely."), None
    return f"HTTP {answer.status}", answer


def _retry_after(text: str) -> timedelta | None:
    """Seconds, or a date (RFC 9110 §10.2.3)."""
    if text.isdecimal() and len(text) < 9:
        return timedelta(seconds=int(text))
    with contextlib.suppress(ValueError, OverflowError):
        at: datetime = parsedate_to_datetime(text)
        return max(at.replace(tzinfo=at.tzinfo or UTC) - now(), timedelta())
    return None
