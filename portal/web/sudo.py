"""Asking again who it is: before something weighty, and where a second factor is wanted."""

import functools
from collections.abc import Callable
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.models.base import now
from portal.organizations import factors
from portal.organizations.reach import Hindrance
from portal.settings import current
from portal.web import session, targets

Given = ParamSpec("Given")


def required(view: Callable[Given, Response]) -> Callable[Given, Response]:
    """For views that change how people come in, written under their `@access`."""

    @functools.wraps(view)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Response:
        require()
        return view(*args, **kwargs)

    return guarded


def require() -> None:
    """The person must have shown a few minutes ago that it is still them, else they are asked and come back."""
    if not session.current_session().proved(now(), current().sudo_minutes):
        abort(go(url_for("auth.show_proof", next=page_at_hand() or None)))


def ask_for_second_factor() -> Response:
    """To show the one they have, or to set one up."""
    if factors.held(session.person()).any:
        return go(url_for("auth.show_proof", next=page_at_hand() or None, factor=1))
    return go(url_for("account.show_security"))


def over(hindrance: Hindrance | None, slug: str) -> Response | None:
    """The way to what the organization asks for: its own IdP, or a second factor."""
    if hindrance is Hindrance.SSO:
        return go(url_for("auth.go_to_organization", slug=slug, next=page_at_hand() or None))
    return ask_for_second_factor() if hindrance is Hindrance.SECOND_FACTOR else None


def page_at_hand() -> str:
    """The page a person looks at: this one, or the one whose form they sent."""
    if request.method == "GET":
        return targets.local(request.full_path.rstrip("?"))
    seen = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return targets.local(f"{seen.path}?{seen.query}".rstrip("?"))


def go(address: str) -> Response:
    """Leave the page, also where htmx asked for a part of it."""
    if not request.headers.get("HX-Request"):
        return redirect(address, 303)
    answer = Response(status=204)
    answer.headers["HX-Redirect"] = address
    return answer
