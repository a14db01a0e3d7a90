"""One view, two shapes: the whole page, or the fragment inside it when HTMX asks."""

from flask import Response, make_response, render_template, request
from htmx_flask import request as htmx_request


def wants_fragment() -> bool:
    """HTMX asks for a fragment, and neither boosts a link nor restores its history (htmx docs, both lines)."""
    asked = htmx_request.htmx
    return bool(asked) and not (asked.boosted or asked.history_restore_request)


def render(page: str, fragment: str, *, title: str, status: int = 200, **context: object) -> Response:
    """Render ``fragment`` for an HTMX swap, and ``page``, which includes it, for everyone else.

    Each fragment has an address of its own, so that reload, back and bookmark work.
    """
    partial = wants_fragment()
    shape = ("fragment.html", {"fragment": fragment}) if partial else (page, {})
    response = make_response(render_template(shape[0], title=title, **context, **shape[1]), status)
    response.vary.add("HX-Request")
    if partial and request.method == "GET":
        response.headers["HX-Push-Url"] = request.full_path.rstrip("?")
    return response


def in_place(response: Response) -> Response:
    """While somebody types, the newest address takes the place of the one before in the browser's history."""
    if pushed := response.headers.pop("HX-Push-Url", None):
        response.headers["HX-Replace-Url"] = pushed
    return response
