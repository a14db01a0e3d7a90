"""Flask: people sign in through the Vestibule, and views say whom they let in.

    vestibule = Vestibule(app)

    @app.get("/notes")
    @vestibule.require_org_member(permission="read_notes")
    def list_notes(): return [... for vestibule.user.organization.id]

A browser is led to the sign-in and back; a program sends `Authorization: Bearer …`. VESTIBULE_URL, VESTIBULE_CLIENT_ID and
VESTIBULE_CLIENT_SECRET come from the environment.
"""

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, request, session, url_for
from werkzeug.wrappers import Response as Answer

from vestibule import guarding
from vestibule.guarding import Guard, Refused, Unauthorized, setting
from vestibule.identity import User

View = Callable[..., Any]

KEPT, NEXT = "vestibule", "vestibule_next"
CHOOSING = ("organization", "connection", "domain_hint", "login_hint", "prompt")
SCOPE = "openid profile email offline_access"
ENDED_KEPT = 3600.0


class Vestibule:
    """`user` is whoever asks; None where nobody was asked for."""

    def __init__(
        self, app: Flask | None = None, *, url: str = "", client_id: str = "", client_secret: str = ""
    ) -> None:
        self.given = (url, client_id, client_secret)
        self.ended: dict[str, float] = {}
        self.lock = threading.Lock()
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        url, client_id, client_secret = self.given
        self.guard = Guard(url, client_id)
        oauth = OAuth(app)
        self.client = oauth.register(
            "vestibule",
            server_metadata_url=f"{self.guard.url}/.well-known/openid-configuration",
            client_id=self.guard.client_id,
            client_secret=client_secret or setting("VESTIBULE_CLIENT_SECRET"),
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
        )
        app.register_blueprint(self._doors())
        app.register_error_handler(Refused, _refuse)

    @property
    def user(self) -> User | None:
        found: User | None = g.get("vestibule_user")
        return found

    def require_user(self, view: View) -> View:
        """Anybody who is signed in."""
        return self._require(view, lambda user: user)

    def require_org_member(self, *, role: str | None = None, permission: str | None = None) -> Callable[[View], View]:
        """A member of an organization, with this role or this permission where one is named."""
        return lambda view: self._require(view, lambda user: guarding.check(user, role=role, permission=permission))

    def _require(self, view: View, check: Callable[[User], User]) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> object:
            try:
                g.vestibule_user = check(self._present())
            except Unauthorized:
                if request.method == "GET" and request.accept_mimetypes.accept_html and not _is_program():
                    return redirect(url_for("vestibule.sign_in", next=request.full_path.rstrip("?")))
                raise
            return view(*args, **kwargs)

        return guarded

    def _present(self) -> User:
        if _is_program():
            return self._counting(self.guard.user(request.headers["Authorization"]))
        kept = session.get(KEPT)
        if not kept:
            raise Unauthorized("Sign in first.")
        if kept["until"] <= time.time():
            kept = self._renewed(kept)
        user = self._counting(self.guard.verifier.user(kept["access"]))
        return User(user.id, user.session_id, user.organization, kept["email"], kept["name"], user.claims)

    def _renewed(self, kept: dict[str, Any]) -> dict[str, Any]:
        """With the refresh token; whoever lost access is out here at the latest."""
        try:
            token = self.client.fetch_access_token(grant_type="refresh_token", refresh_token=kept["refresh"])
        except OAuthError:
            session.pop(KEPT, None)
            raise Unauthorized("Your sign-in has ended.") from None
        session[KEPT] = kept | _tokens(token)
        return dict(session[KEPT])

    def _counting(self, user: User) -> User:
        if user.session_id in self.ended:
            session.pop(KEPT, None)
            raise Unauthorized("Your sign-in has ended.")
        return user

    def _doors(self) -> Blueprint:
        bp = Blueprint("vestibule", __name__, url_prefix="/auth")
        bp.add_url_rule("/sign-in", "sign_in", self._sign_in)
        bp.add_url_rule("/callback", "callback", self._callback)
        bp.add_url_rule("/sign-out", "sign_out", self._sign_out, methods=["POST"])
        bp.add_url_rule("/logged-out", "logged_out", self._logged_out, methods=["POST"])
        return bp

    def _sign_in(self) -> Answer:
        """`organization`, `connection`, `domain_hint` and `login_hint` choose the company."""
        session[NEXT] = _local(request.args.get("next", "/"))
        chosen = {name: request.args[name] for name in CHOOSING if name in request.args}
        answer: Answer = self.client.authorize_redirect(url_for("vestibule.callback", _external=True), **chosen)
        return answer

    def _callback(self) -> Answer:
        try:
            token = self.client.authorize_access_token()
        except OAuthError as error:
            raise Unauthorized(error.description or "The sign-in did not succeed. Try again.") from error
        target, person = session.pop(NEXT, "/"), token["userinfo"]
        session.clear()  # a new sign-in never continues what somebody else began
        session[KEPT] = {"email": person.get("email", ""), "name": person.get("name", "")} | _tokens(token)
        return redirect(target)

    def _sign_out(self) -> Answer:
        """Here, and at the Vestibule."""
        session.clear()
        metadata = self.client.load_server_metadata()
        end = metadata.get("end_session_endpoint")
        back = {
            "client_id": self.guard.client_id,
            "post_logout_redirect_uri": url_for("vestibule.sign_in", _external=True),
        }
        return redirect(f"{end}?{urlencode(back)}" if end else "/")

    def _logged_out(self) -> Response:
        """The Vestibule tells that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""
        ended = self.guard.verifier.logged_out(request.form.get("logout_token", ""))
        at = time.monotonic()
        with self.lock:
            self.ended = {sid: until for sid, until in self.ended.items() if until > at} | {ended: at + ENDED_KEPT}
        return Response(status=200, headers={"Cache-Control": "no-store"})


def _is_program() -> bool:
    return "Authorization" in request.headers


def _tokens(token: dict[str, Any]) -> dict[str, Any]:
    return {
        "access": token["access_token"],
        "refresh": token.get("refresh_token", ""),
        "until": time.time() + int(token["expires_in"]) - 5,
    }


def _local(target: str) -> str:
    """A path of this application, never another host."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


def _refuse(refused: Refused) -> Response:
    response = jsonify(guarding.problem(refused))
    response.status_code, response.mimetype = refused.status, "application/problem+json"
    response.headers.extend(refused.headers)
    current_app.logger.info("refused: %s", refused)
    return response
