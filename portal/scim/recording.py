"""Every request and answer, redacted, for the people who must explain them.

A write is recorded in its own transaction. Reads wait in memory and are written a few at a time, so that a look-up costs no
insert; a refusal is written at once.
"""

import json
import threading
from time import monotonic, perf_counter

from flask import Response, current_app, g, request
from flask.sansio.blueprints import BlueprintSetupState
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Directory, Exchange, Mode, Protocol
from portal.models.base import new_id, now
from portal.models.engine import begin_writing
from portal.organizations import exchanges

EVERY, MOST = 1.5, 50
LONGEST = 8_000
SECRET = frozenset({"password", "secret", "token", "authorization"})


class _Waiting:
    """What one process has not written yet."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.lock = threading.Lock()
        self.last = 0.0

    def due(self, exchange: Exchange, *, urgent: bool) -> list[Exchange]:
        """Everything that waits, when it is time; otherwise nothing, and this one waits too."""
        with self.lock:
            self.exchanges.append(exchange)
            if not urgent and exchange.status < 400 and len(self.exchanges) < MOST and monotonic() - self.last < EVERY:
                return []
            batch, self.exchanges, self.last = self.exchanges, [], monotonic()
            return batch


def bind(state: BlueprintSetupState) -> None:
    state.app.extensions["vestibule-exchanges"] = _Waiting()


def record_write(response: Response) -> Response:
    """Called by a view just before it commits."""
    exchanges.record_scim(_exchange(g.directory, response))
    g.recorded = True
    return response


def record(response: Response) -> Response:
    """After every other answer: written at once when it is a refusal or when nothing was written for a moment, otherwise
    with the next ones."""
    directory = g.get("recorded_for")
    if directory is None or g.get("recorded"):
        return response
    waited_for = directory.mode is not Mode.LIVE  # somebody sets it up and watches for this very request
    if batch := current_app.extensions["vestibule-exchanges"].due(_exchange(directory, response), urgent=waited_for):
        begin_writing()
        for one in batch:
            _write(one)
        if g.get("scim_token_id"):
            exchanges.note_token_use(batch[-1], g.scim_token_id)
        db.session.commit()
    return response


def _write(exchange: Exchange) -> None:
    """A directory that was deleted meanwhile needs no record, and must not spoil the others'."""
    try:
        with db.session.begin_nested():
            exchanges.record_scim(exchange)
    except IntegrityError:
        pass


def _exchange(directory: Directory, response: Response) -> Exchange:
    return Exchange(
        id=new_id(), organization_id=directory.organization_id, directory_id=directory.id, protocol=Protocol.SCIM, at=now(),
        method=request.method[:16], path=_path(), status=response.status_code,
        milliseconds=round((perf_counter() - g.began) * 1000), agent=request.user_agent.string[:320],
        token_prefix=g.get("scim_prefix", ""), problem=_problem(response),
        request_body=_redacted(g.get("scim_body", "")),
        answer_body=_redacted(response.get_data(as_text=True)),
    )  # fmt: skip


def _path() -> str:
    return _storable(request.full_path.rstrip("?").partition("/scim/v2/")[2].partition("/")[2][:2000])


def _storable(text: str) -> str:
    """No NUL and no half of a surrogate pair: databases refuse them."""
    return text.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode()


def _problem(response: Response) -> str:
    if response.status_code < 400:
        return _storable(g.get("scim_problem", "")[:2000])
    found = response.get_json(silent=True)
    return _storable(str(found.get("detail", ""))[:2000]) if isinstance(found, dict) else ""


def _redacted(text: str) -> str:
    """By construction: only what parsed as JSON is kept, with every secret's value replaced."""
    if not text:
        return ""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return f"({len(text)} characters that are not JSON)"
    return _storable(json.dumps(_without_secrets(document), ensure_ascii=False)[:LONGEST])


def _without_secrets(value: object) -> object:
    if isinstance(value, dict):
        return {name: "…" if str(name).casefold() in SECRET else _without_secrets(one) for name, one in value.items()}
    return [_without_secrets(one) for one in value[:100]] if isinstance(value, list) else value
