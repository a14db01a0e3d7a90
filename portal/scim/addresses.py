"""What becomes of a base URL as admins really type it: a slash too many is looked over, a word too many is explained."""

import re
from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import Flask
from flask.sansio.blueprints import BlueprintSetupState

from portal.scim.attributes import KINDS
from portal.scim.errors import ScimError

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_SLASHES = re.compile("/{2,}")
_KNOWN = (
    *(kind.endpoint.strip("/") for kind in KINDS),
    "ServiceProviderConfig",
    "ResourceTypes",
    "Schemas",
    "Bulk",
    "Me",
)


def bind(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.wsgi_app = _without_spare_slashes(app.wsgi_app)  # type: ignore[method-assign, assignment]


def _without_spare_slashes(inner: Wsgi) -> Wsgi:
    """A base URL entered with a slash at its end makes “…//Users”. A redirect would lose the body of a POST."""

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/scim/"):
            environ["PATH_INFO"] = _SLASHES.sub("/", path).rstrip("/")
        return inner(environ, start)

    return application


def lost(rest: str) -> ScimError:
    """Why there is nothing at `rest`, which followed the base URL."""
    words = [word for word in rest.split("/") if word]
    first, last = (words[0], words[-1]) if words else ("", "")
    proper = next((name for name in _KNOWN if name.casefold() == first.casefold()), "")
    if "scim/v2" in rest.casefold():
        return ScimError(
            404, "The base URL stands twice in the address. Enter it once, without /Users or /scim/v2 behind it."
        )
    if proper and proper != first:
        return ScimError(404, f"The address says /{first[:40]}; with capitals as in the standard it is /{proper}.")
    if proper and last.casefold() == proper.casefold() and len(words) > 1:
        return ScimError(404, f"The address says /{proper} twice. Enter the base URL without /{proper} at its end.")
    if last in _KNOWN:
        before = "/".join(words[:-1])[:80]
        return ScimError(404, f"“{before}” does not belong in the address. Enter the base URL exactly as we show it.")
    if not words:
        return ScimError(404, "This is the base URL. It works; people are at /Users and groups at /Groups behind it.")
    return ScimError(404, "")
