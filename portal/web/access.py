"""Who may enter: every view says so right under its route, and silence means nobody."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, g, request, url_for
from werkzeug.wrappers import Response

from portal.models import Permission
from portal.organizations import reach
from portal.organizations.reach import Hindrance
from portal.settings import current
from portal.web import session, sudo, tenant

View = TypeVar("View", bound=Callable[..., object])
Guard = Callable[[], Response | None]

GUARDS: dict[str, Guard] = {}
ORGANIZATION = ("org:member", *(f"org:{permission}" for permission in Permission))


def access(need: str) -> Callable[[View], View]:
    """Mark a view with what it takes to enter: a key of `GUARDS`, or one of `ORGANIZATION`."""

    def mark(view: View) -> View:
        view.access = need  # type: ignore[attr-defined]
        return view

    return mark


def guard(need: str) -> Callable[[Guard], Guard]:
    """A door's own way to let people in, such as SCIM's bearer token. Registered when the door is imported."""

    def register(function: Guard) -> Guard:
        GUARDS[need] = function
        return function

    return register


def declared(app: Flask, endpoint: str) -> str | None:
    need: str | None = getattr(app.view_functions[endpoint], "access", None)
    return "public" if endpoint == "static" else need


def bind(app: Flask) -> None:
    @app.before_request
    def let_in() -> Response | None:
        if request.endpoint is None:
            return None
        need = declared(app, request.endpoint)
        if need in GUARDS:
            return GUARDS[need]()
        return _organization(need) if need in ORGANIZATION else abort(404)


@guard("public")
def _public() -> None:
    return None


@guard("signed-in")
def _signed_in() -> Response | None:
    return None if session.signed_in() else _to_login()


@guard("own-account")
def _own_account() -> Response | None:
    """Only the person themselves changes what is theirs everywhere. An IdP that speaks for them in one organization alone
    could let anybody in under their name: what it opens does not reach so far (design.md §3)."""
    if not session.signed_in():
        return _to_login()
    return None if session.current_session().is_the_persons_own else abort(404)


@guard("own-ways")
def _own_ways() -> Response | None:
    """Passkeys, apps and codes open the person's every door: not for whoever exists for one organization only either."""
    if not session.signed_in():
        return _to_login()
    return None if session.current_session().reaches_all else abort(404)


@guard("staff")
def _staff() -> Response | None:
    """Not through a customer's IdP, which speaks for its own organization only."""
    if not session.signed_in():
        return _to_login()
    if not (session.person().is_staff and session.current_session().is_the_persons_own):
        abort(404)
    asks = current().asks_staff_for_second_factor and session.current_session().second_factor is None
    return sudo.ask_for_second_factor() if asks else None


@guard("practice")
def _practice() -> None:
    if not current().practice:
        abort(404)


def _organization(need: str) -> Response | None:
    """The organization named by `slug` in the address, if the person is an active member who may do this."""
    if not session.signed_in():
        return _to_login()
    slug = str((request.view_args or {}).get("slug"))
    membership = tenant.membership_at(slug)
    stands_in_the_way = reach.hindrance(session.current_session(), membership) if membership else Hindrance.FOREIGN
    if onward := sudo.over(stands_in_the_way, slug):
        return onward
    permission = need.removeprefix("org:")
    if membership is None or stands_in_the_way or not (permission == "member" or membership.may(permission)):
        abort(404)
    g.membership = membership
    g.organization = membership.organization
    return None


def _to_login() -> Response:
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return sudo.go(url_for("auth.show_login", next=target))
