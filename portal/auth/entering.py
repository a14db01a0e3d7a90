"""Opening the session and going where the person wanted to go."""

from flask import abort, redirect
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.models import Method, User
from portal.organizations import local_ways, sessions
from portal.organizations.actors import Actor, Door
from portal.settings import current
from portal.web import limits, session, targets


def enter(user: User, method: Method, target: str) -> Response:
    """Sign this browser in, commit, and go on."""
    by = Actor(Door.AUTH, str(user.id), user.label)
    row, secret = sessions.open_locally(user, method, by=by, agent=session.agent(), address=session.address())
    local_ways.note_break_glass(row, by=by)
    db.session.commit()
    session.begin(row, secret)
    return redirect(targets.local(target) or current().after_sign_in_url, 303)


def count_try() -> None:
    if not limits.allows_sign_in(session.address()):
        abort(429)
