"""Flask-Login over our own session rows: the cookie carries a secret, the row says whether it still counts."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Request, Response, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import UserMixin, current_user, login_user, logout_user

from portal.extensions import db, login_manager
from portal.models import Session, User
from portal.models.base import now
from portal.models.engine import begin_writing
from portal.organizations import sessions
from portal.settings import current

TOUCH_EVERY = timedelta(minutes=5)


@dataclass(eq=False)
class SignedIn(UserMixin):
    """What Flask-Login holds for one request: the person, the row of this browser, and its secret."""

    session: Session
    secret: str

    def get_id(self) -> str:
        return self.secret


class Cookies(SecureCookieSessionInterface):
    """IdPs and programs send no cookie: for them there is nothing to unseal."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()


def bind(app: Flask) -> None:
    app.session_interface = Cookies()
    login_manager.init_app(app)
    login_manager.session_protection = None  # the row is the protection: revocable, hashed, with its own end
    login_manager.user_loader(_load)
    app.after_request(_touch)


def _load(secret: str) -> SignedIn | None:
    row = sessions.find(secret)
    if row is None or not row.alive(now(), current().session_idle_hours):
        return None
    return SignedIn(row, secret)


def signed_in() -> bool:
    return bool(current_user.is_authenticated)


def person() -> User:
    user: User = current_user.session.user
    return user


def current_session() -> Session:
    row: Session = current_user.session
    return row


def begin(row: Session, secret: str) -> None:
    """Sign this browser in. The old cookie's content goes, so that nothing planted before survives."""
    cookie.clear()
    cookie.permanent = True
    login_user(SignedIn(row, secret))


def end() -> None:
    logout_user()
    cookie.clear()


def agent() -> str:
    return request.user_agent.string[:320]


def address() -> str:
    return request.remote_addr or ""


def _touch(response: Response) -> Response:
    """Note that the browser is still there, at most every five minutes, after the answer is made."""
    if "_login_user" not in g or not signed_in() or current_session().last_seen_at > now() - TOUCH_EVERY:
        return response
    row_id = current_session().id
    begin_writing()
    sessions.touch(row_id)
    db.session.commit()
    return response
