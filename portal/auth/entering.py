"""From having shown who one is to being in: the second step where there is one, then the session."""

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from portal.auth import halfway
from portal.extensions import db
from portal.models import Method, Shown, User
from portal.organizations import factors, local_ways, sessions
from portal.organizations.actors import Actor, Door
from portal.settings import current
from portal.web import limits, session, targets


def go_on(user: User, method: Method, target: str) -> Response:
    """After the first step: whoever has a second factor shows it, whatever the first one was (ASVS 6.3.4)."""
    local_ways.require_allowed(user)
    if not factors.held(user).any:
        return enter(user, method, target)
    db.session.commit()
    halfway.begin(user, method, targets.local(target))
    return redirect(url_for("auth.show_second_step"), 303)


def enter(user: User, method: Method, target: str, shown: Shown | None = None) -> Response:
    """Sign this browser in, in place of whoever was signed in here, commit, and go on."""
    by = actor_of(user)
    if session.signed_in():
        sessions.revoke(session.current_session(), by=by)
    row, secret = local_ways.open_session(user, method, shown, by=by, agent=session.agent(), address=session.address())
    db.session.commit()
    session.begin(row, secret)
    return redirect(targets.local(target) or current().after_sign_in_url, 303)


def actor_of(user: User) -> Actor:
    return Actor(Door.AUTH, str(user.id), user.label)


def count_try() -> None:
    if not limits.allows_sign_in(session.address()):
        abort(429)
