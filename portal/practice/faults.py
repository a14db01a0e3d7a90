"""What can be wrong with an identity provider, to be switched on and learned from: what a guide says to it is the lesson."""

from collections.abc import Mapping
from datetime import timedelta

from portal.practice.cast import Json
from portal.words import _l

CLOCK, CERTIFICATE, CAPITALS, BATCH, TOKEN = "clock", "certificate", "capitals", "batch", "token"
AHEAD = timedelta(minutes=10)

WORDS: Mapping[str, tuple[str, str]] = {
    CLOCK: (
        _l("The clock is ten minutes ahead"),
        _l("Its answers are signed in the future. The test sign-in says by how much."),
    ),
    CERTIFICATE: (
        _l("It signs with another certificate"),
        _l("As after a renewal nobody told us of. The test names the certificate."),
    ),
    TOKEN: (
        _l("The token was typed wrong"),
        _l("Its last letter is another one. The guide sees that it is a damaged copy."),
    ),
    CAPITALS: (
        _l("Operations are written with a capital"),
        _l("“Replace” instead of “replace”, as Entra does without its flag."),
    ),
    BATCH: (
        _l("Members are added one operation each"),
        _l("All in one request. Nothing is wrong with it, and nothing may break."),
    ),
}
OF_SIGN_IN = (CLOCK, CERTIFICATE)
OF_PUSHING = (TOKEN, CAPITALS, BATCH)


def typed(token: str, faults: frozenset[str]) -> str:
    """As a person copied it."""
    if TOKEN not in faults or not token:
        return token
    return token[:-1] + ("a" if token[-1] != "a" else "b")


def spoil(body: Json | None, faults: frozenset[str]) -> Json | None:
    operations = body.get("Operations") if body else None
    if body is None or not isinstance(operations, list):
        return body
    if BATCH in faults:
        operations = [part for operation in operations for part in _one_each(operation)]
    if CAPITALS in faults:
        operations = [operation | {"op": str(operation["op"]).capitalize()} for operation in operations]
    return body | {"Operations": operations}


def _one_each(operation: Json) -> list[Json]:
    members = operation.get("value")
    if operation.get("path") != "members" or str(operation["op"]).lower() != "add" or not isinstance(members, list):
        return [operation]
    return [operation | {"value": [member]} for member in members]
