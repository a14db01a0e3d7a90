"""Every request and answer, redacted, for the people who must explain them.

A write is recorded in its own transaction. Reads and refusals wait in memory for a second and are written together, so that a
look-up costs no insert; while somebody sets the directory up and watches for this very request, nothing waits.
"""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import cast

import sqlalchemy as sa
import structlog
from flask import Flask, Response, current_app, g, request
from flask.sansio.blueprints import BlueprintSetupState

from portal.extensions import db
from portal.models import Directory, Exchange, Mode, Protocol
from portal.models.base import new_id, now
from portal.models.engine import begin_writing
from portal.organizations import exchanges, ignored
from portal.organizations.exchanges import Used
from portal.organizations.ignored import Place
from portal.scim import kinds, redaction

log = structlog.get_logger("exchanges")

EVERY, MOST = 1.0, 5_000
MOST_IGNORED = 50
LONGEST = 8_000


class Waiting:
    """What one process has not written yet. `every` of 0 writes at once."""

    def __init__(self, app: Flask, every: float) -> None:
        self.app, self.every = app, every
        self.exchanges: list[Exchange] = []
        self.used: dict[uuid.UUID, Used] = {}
        self.ignored: Counter[Place] = Counter()
        self.lock = threading.Lock()
        self.timer: threading.Timer | None = None

    def add(self, exchange: Exchange, token_id: uuid.UUID | None) -> None:
        """Beyond `MOST` the oldest are let go: memory is bounded also while the database is away."""
        with self.lock:
            self.exchanges.append(exchange)
            del self.exchanges[:-MOST]
            if token_id:
                self.used[token_id] = Used(exchange.organization_id, exchange.directory_id, exchange.at, exchange.agent)
            self._start()

    def ignore(self, directory: Directory, names: Mapping[str, int]) -> None:
        """Attributes that came and are not kept; past `MOST` names no new one is taken up."""
        with self.lock:
            for name, times in names.items():
                place = directory.organization_id, directory.id, name
                if place in self.ignored or len(self.ignored) < MOST:
                    self.ignored[place] += times
            self._start()

    def write(self) -> None:
        """Everything that waits, in one transaction of its own."""
        with self.lock:
            batch, used, self.exchanges, self.used = self.exchanges, self.used, [], {}
        if batch or self.ignored:
            exchanges.record_batch(batch)
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
    exchanges.record_scim(_exchange(g.directory, response))
    g.recorded = True
    if names := g.get("scim_ignored"):
        waiting: Waiting = current_app.extensions["vestibule-exchanges"]
        waiting.ignore(g.directory, names)
        if not waiting.every:
            waiting.write_ignored()
    return response


def note_ignored(names: Iterable[str]) -> None:
    """Counted once the write is recorded; a write that is refused was about something else."""
    if found := list(names)[:MOST_IGNORED]:
        g.scim_ignored = g.get("scim_ignored", Counter()) + Counter(map(_storable, found))


def record(response: Response) -> Response:
    """After every other answer, which stays as it is also where it cannot be recorded."""
    directory = g.get("recorded_for")
    if directory is not None and not g.get("recorded"):
        try:
            _record(directory, response)
        except sa.exc.SQLAlchemyError as problem:
            db.session().invalidate()
            log.warning("exchanges", lost=True, problem=type(problem).__name__)
    return response


def _record(directory: Directory, response: Response) -> None:
    waiting: Waiting = current_app.extensions["vestibule-exchanges"]
    watched = directory.mode is not Mode.LIVE
    waiting.add(_exchange(directory, response), g.get("scim_token_id"))
    if watched or not waiting.every:
        begin_writing()
        waiting.write()


def _exchange(directory: Directory, response: Response) -> Exchange:
    return Exchange(
        id=new_id(), organization_id=directory.organization_id, directory_id=directory.id, protocol=Protocol.SCIM, at=now(),
        method=request.method[:16], path=_path(), status=response.status_code,
        milliseconds=round((perf_counter() - g.began) * 1000),
        agent=_storable(request.user_agent.string[:320]),
        token_prefix=_storable(g.get("scim_prefix", "")), problem=_problem(response),
        request_body=_request_body(),
        answer_body=_storable(response.get_data(as_text=True)[:LONGEST]),  # ours, and never with a secret in it
    )  # fmt: skip


def _path() -> str:
    said = request.full_path.rstrip("?").partition("/scim/v2/")[2].partition("/")[2]
    if not g.get(
        "scim_token_id"
    ):  # whoever was not let in asked for nothing: what they say is not the directory's to show
        said = said.partition("?")[0]
    return _storable(redaction.address(said)[:2000])


def _storable(text: str) -> str:
    """No NUL and no half of a surrogate pair, which databases refuse; and no token."""
    return redaction.without_tokens(text.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode())


def _problem(response: Response) -> str:
    if response.status_code < 400:
        return _storable(g.get("scim_problem", "")[:2000])
    found = response.get_json(silent=True)
    return (
        _storable(str(found.get("detail") or found.get("error_description") or "")[:2000])
        if isinstance(found, dict)
        else ""
    )


def _request_body() -> str:
    """Redacted by construction: only what parsed as JSON is kept, and of that the values of what we know."""
    body = g.get("scim_body")
    if body is None or isinstance(body, str):
        return body or ""
    own = kinds.own_names() if g.get("scim_token_id") else frozenset()
    return _storable(json.dumps(redaction.body(body, own), ensure_ascii=False)[:LONGEST])
