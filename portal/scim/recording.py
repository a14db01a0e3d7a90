"""Every request and answer, redacted, for the people who must explain them.

A write is recorded in its own transaction. Reads and refusals wait in memory for a second and are written together, so that a
look-up costs no insert; while somebody sets the directory up and watches for this very request, nothing waits.
"""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from time import perf_counter
from typing import cast

import sqlalchemy as sa
import structlog
from flask import Flask, Response, current_app, g, request
from flask.sansio.blueprints import BlueprintSetupState

from portal.extensions import db
from portal.models import Mode, Place
from portal.models.base import new_id, now
from portal.models.engine import begin_writing
from portal.organizations import exchanges, ignored
from portal.organizations.exchanges import Scim, Used
from portal.scim import kinds, redaction

log = structlog.get_logger("exchanges")

EVERY, MOST = 1.0, 5_000
MOST_IGNORED = 50
LONGEST = 8_000


class Waiting:
    """What one process has not written yet. `every` of 0 writes at once."""

    def __init__(self, app: Flask, every: float) -> None:
        self.app, self.every = app, every
        self.exchanges: list[Scim] = []
        self.used: dict[uuid.UUID, Used] = {}
        self.ignored: Counter[ignored.Place] = Counter()
        self.lock = threading.Lock()
        self.timer: threading.Timer | None = None

    def add(self, exchange: Scim, token_id: uuid.UUID | None) -> None:
        """Beyond `MOST` the oldest are let go: memory is bounded also while the database is away."""
        with self.lock:
            self.exchanges.append(exchange)
            del self.exchanges[:-MOST]
            if token_id:
                self.used[token_id] = Used(exchange.organization_id, exchange.directory_id, exchange.at, exchange.agent)
            self._start()

    def ignore(self, place: Place, names: Mapping[str, int]) -> None:
        """Attributes that came and are not kept; past `MOST` names no new one is taken up."""
        with self.lock:
            for name, times in names.items():
                where = place.organization_id, place.id, name
                if where in self.ignored or len(self.ignored) < MOST:
                    self.ignored[where] += times
            self._start()

    def write(self) -> None:
        """Everything that waits, in one transaction of its own."""
        with self.lock:
            batch, used, self.exchanges, self.used = self.exchanges, self.used, [], {}
        if batch or self.ignored:
            exchanges.record_later(batch)
            exchanges.note_token_uses(used)
            self.write_ignored()
            db.session.commit()

    def write_ignored(self) -> None:
        """Part of whatever transaction is at hand."""
        with self.lock:
            names, self.ignored = self.ignored, Counter()
        ignored.record(names, now())

    def _start(self) -> None:
        if self.every and self.timer is None:  # not a daemon: a process that ends writes what waits
            self.timer = threading.Timer(self.every, self._write_later)
            self.timer.start()

    def _write_later(self) -> None:
        with self.lock:
            self.timer = None
        with self.app.app_context():
            try:
                self.write()
            except sa.exc.SQLAlchemyError as problem:
                log.warning("exchanges", lost=True, problem=type(problem).__name__)


def bind(state: BlueprintSetupState) -> None:
    at_once = state.app.config["SETTINGS"].environment == "test"
    state.app.extensions["vestibule-exchanges"] = Waiting(cast(Flask, state.app), 0 if at_once else EVERY)


def record_write(response: Response) -> Response:
    """Called by a view just before it commits."""
    exchanges.record_scim([_exchange(g.recorded_for, response)])
    g.recorded = True
    if names := g.get("scim_ignored"):
        waiting: Waiting = current_app.extensions["vestibule-exchanges"]
        waiting.ignore(g.recorded_for, names)
        if not waiting.every:
            waiting.write_ignored()
    return response


def note_ignored(names: Iterable[str]) -> None:
    """Counted once the write is recorded; a write that is refused was about something else."""
    if found := list(names)[:MOST_IGNORED]:
        g.scim_ignored = g.get("scim_ignored", Counter()) + Counter(map(redaction.storable, found))


def record(response: Response) -> Response:
    """After every other answer, which stays as it is also where it cannot be recorded."""
    place: Place | None = g.get("recorded_for")
    if place is not None and not g.get("recorded"):
        try:
            _record(place, response)
        except sa.exc.SQLAlchemyError as problem:
            db.session().invalidate()
            log.warning("exchanges", lost=True, problem=type(problem).__name__)
    return response


def _record(place: Place, response: Response) -> None:
    waiting: Waiting = current_app.extensions["vestibule-exchanges"]
    watched = place.mode is not Mode.LIVE
    waiting.add(_exchange(place, response), g.get("scim_token_id"))
    if watched or not waiting.every:
        begin_writing()
        waiting.write()


def _exchange(place: Place, response: Response) -> Scim:
    took = round((perf_counter() - g.began) * 1000)
    return Scim(
        id=new_id(), organization_id=place.organization_id, directory_id=place.id,
        at=g.arrived_at + timedelta(milliseconds=took),  # by one clock: what came of it is found by when it began
        method=request.method[:16], path=_path(), status=response.status_code,
        milliseconds=took,
        agent=redaction.storable(request.user_agent.string)[:320],
        token_prefix=redaction.storable(g.get("scim_prefix", ""))[:64], problem=_problem(response),
        request_body=_request_body(),
        answer_body=redaction.storable(_beginning(response)),
    )  # fmt: skip


def _beginning(response: Response) -> str:
    """Of an answer of ours, which never has a secret in it. No character takes more than four bytes."""
    return response.get_data()[: LONGEST * 4].decode(errors="ignore")[:LONGEST]


def _path() -> str:
    said = request.full_path.rstrip("?").partition("/scim/v2/")[2].partition("/")[2]
    if not g.get("scim_token_id"):  # whoever was not let in has nothing to say on the directory's pages
        said = said.partition("?")[0]
    return redaction.storable(redaction.address(said)[:2000])


def _problem(response: Response) -> str:
    if response.status_code < 400:
        return redaction.storable(g.get("scim_problem", "")[:2000])
    found = response.get_json(silent=True)
    return (
        redaction.storable(str(found.get("detail") or found.get("error_description") or "")[:2000])
        if isinstance(found, dict)
        else ""
    )


def _request_body() -> str:
    """Redacted by construction: only what parsed as JSON is kept, and of that the values of what we know."""
    body = g.get("scim_body")
    if body is None or isinstance(body, str):
        return body or ""
    own = kinds.own_names() if g.get("scim_token_id") else frozenset()
    return redaction.storable(json.dumps(redaction.body(body, own), ensure_ascii=False)[:LONGEST])
