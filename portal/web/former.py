"""Requests that come to an address another product had, led to the one it has here, before anything else looks at them.

The host that a request names is never read: an address is known by what follows it, and what our answers and our checks go by is
the row that was made when the organization moved in (docs/decisions/moving-in.md).
"""

import re
import uuid
from collections.abc import Callable, Iterator, Sequence

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from portal.extensions import db
from portal.models import Alias, AliasKind
from portal.organizations import aliases

MOST_PARTS, LONGEST = 12, 2_000
_SLASHES = re.compile("/{2,}")
_RESOURCE = re.compile(r"/(Users|Groups)/([^/.][^/]*)")
Chooser = Callable[[Sequence[Alias]], Alias | None]
CHOOSERS: list[Chooser] = []
"""The SAML door's way to tell whose answer came to an address that several connections shared."""


def address() -> str:
    """The former address that was asked, as its row has it; empty where one of ours was."""
    found: str = g.get("former", "")
    return found


def lead() -> None:
    """Only where nothing of ours is: who asks at our own addresses pays nothing for it."""
    g.former = ""
    if not isinstance(request.routing_exception, NotFound | MethodNotAllowed):
        return
    found = _found(_path())
    db.session.rollback()  # what follows begins its own transaction, in its own way
    if found:
        _go(*found)


def connection_here() -> uuid.UUID | None:
    """The connection whose former ACS address this is, where that looks like one of ours."""
    known = [alias for alias in aliases.at(set(_places(_path()))) if _is_acs(alias, _path())]
    if not known:
        return None
    g.former = known[0].value
    return known[0].connection_id


def _found(path: str) -> tuple[str, str] | None:
    """The former address, and the path that it is here."""
    places = set(_places(path))
    if not places:
        return None
    known = aliases.at(places)
    acs = [alias for alias in known if _is_acs(alias, path)]
    longest = [alias for alias in acs if alias.place == acs[0].place]
    chosen = longest[0] if len(longest) == 1 and not longest[0].issuer else _choose(longest)
    if chosen and request.method == "POST":
        return chosen.value, f"/saml/{chosen.connection_id}/acs"
    scim = next((alias for alias in known if alias.kind is AliasKind.SCIM), None)
    return (scim.value, _in_directory(scim, path.removeprefix(scim.place))) if scim else None


def _in_directory(alias: Alias, rest: str) -> str:
    """Who is named by an id of another kind has one here that is made from it."""
    named = _RESOURCE.fullmatch(rest)
    if named and alias.directory_id:
        rest = f"/{named[1]}/{aliases.id_in(alias.directory_id, named[2])}"
    return f"/scim/v2/{alias.directory_id}{rest}"


def _path() -> str:
    return _SLASHES.sub("/", request.path).rstrip("/")


def _is_acs(alias: Alias, path: str) -> bool:
    return alias.kind is AliasKind.ACS and alias.place.partition("?")[0] == path


def _places(path: str) -> Iterator[str]:
    if len(path) > LONGEST or not path.isascii() or not path.isprintable():
        return
    query = request.query_string.decode("latin-1")
    if query and query.isascii() and query.isprintable():
        yield f"{path}?{query}"
    parts = path.split("/")[1:]
    for count in range(1, min(len(parts), MOST_PARTS) + 1):
        yield "/" + "/".join(parts[:count])


def _choose(several: Sequence[Alias]) -> Alias | None:
    if not several or request.method != "POST":
        return None
    return next((found for chooser in CHOOSERS if (found := chooser(several))), None)


def _go(value: str, path: str) -> None:
    try:
        rule, values = current_app.create_url_adapter(request).match(path, request.method, return_rule=True)  # type: ignore[union-attr]
    except HTTPException:
        return
    request.url_rule, request.view_args, request.routing_exception = rule, dict(values), None
    request.path = path
    g.former = value
