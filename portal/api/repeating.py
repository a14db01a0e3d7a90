"""Asking twice, and asking on the strength of what was read: `Idempotency-Key` and `If-Match`."""

import hashlib
from collections.abc import Callable

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from portal.api.problems import Problem
from portal.extensions import db
from portal.organizations import kept_answers

LONGEST = 255
REPLAYED = "Idempotency-Replayed"


def once(answer: Callable[[], Response]) -> Response:
    """Commit what a request has changed, just before it is answered. A POST that comes again with the same key is not done
    again: it is answered as it was the first time, for a day."""
    name = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    if not name:
        return _committed(answer())
    if len(name) > LONGEST or not name.isprintable():
        raise Problem(400, f"An Idempotency-Key is {LONGEST} printable characters at most.")
    row, first = kept_answers.claim(g.api_key_id, name, _asked())
    if not first:
        mime = "application/json" if row.status != 204 else None
        return Response(kept_answers.body(row), row.status, {REPLAYED: "true"}, mimetype=mime)
    said = answer()
    kept_answers.keep(row, said.status_code, said.get_data(as_text=True))
    return _committed(said)


def require_match(values: dict[str, object]) -> None:
    """`If-Match` holds the ETag of what was read at this address; where something else is there now, nothing is changed. What
    is read here and what is written belong together: the database sees to it (serializable)."""
    given = request.headers.get("If-Match", "")
    if not given:
        return
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
    look = getattr(_reader(), "look", None)
    if look is None or not request.if_match.contains(look(**values)):
        raise Problem(412, code="precondition_failed")


def reads_as(shape: type) -> bool:
    """Whether what is said now is what a GET of this very address would say: then it has an ETag."""
    spoken = getattr(_reader(), "spoken", None)
    return request.method != "POST" and spoken is not None and spoken.answer is shape


def _reader() -> Callable[..., object] | None:
    """The view that answers a GET of this very address."""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return None
    return current_app.view_functions[endpoint]


def _committed(response: Response) -> Response:
    if request.method not in ("GET", "HEAD"):
        db.session.commit()
    return response


def _asked() -> str:
    """The request in one word; the body is read here and again by the view."""
    told = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    told.update(request.get_data(cache=True))
    return told.hexdigest()
