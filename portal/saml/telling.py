"""What this door keeps of what it was told, and how it says no."""

import uuid
from dataclasses import replace

from flask import Response, request

from portal.models import Connection
from portal.organizations import connection_metadata, exchanges
from portal.saml.redaction import redacted
from portal.web import session, telling
from portal.web.telling import Refusal
from portal.words import _


def record(connection: Connection, encoded: str, *, status: int = 303, code: str = "", problem: str = "") -> None:
    exchanges.record_sign_in(
        connection, method=request.method, path=request.path, status=status, code=code, problem=problem,
        body=redacted(encoded) if encoded else "", milliseconds=telling.milliseconds(), agent=session.agent(),
    )  # fmt: skip


def refuse(connection_id: uuid.UUID, refusal: Refusal, *, strange_key: bool = False) -> Response:
    """A signature by a key we do not know makes us look at the IdP's metadata again."""

    def keep(connection: Connection, code: str) -> None:
        given = request.form.get("SAMLResponse") or request.form.get("SAMLRequest", "")
        record(connection, given, status=refusal.status, code=code, problem=refusal.problem)
        if strange_key:
            connection_metadata.look_soon(connection)

    if request.path.endswith("/logout"):
        refusal = replace(refusal, title=_("Sign-out did not work"))
    return telling.refuse(connection_id, refusal, keep)
