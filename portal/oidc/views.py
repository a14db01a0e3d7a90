"""The addresses of the provider: discovery, keys, authorization, tokens, userinfo."""

from collections.abc import Callable
from urllib.parse import urlencode

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import RequestNotSupportedError, RequestURINotSupportedError
from flask import Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as Answer

from portal.extensions import db
from portal.models.engine import begin_writing
from portal.oidc import bp, choosing, tokens
from portal.oidc.program import AUTHENTICATION
from portal.oidc.provider import provider
from portal.organizations import signing_keys
from portal.settings import current
from portal.web import errors, limits, session
from portal.web.access import access
from portal.web.pages import send_away
from portal.words import _

CLAIMS = [
    "sub", "name", "email", "email_verified", "org_id", "org_name", "org_slug", "roles", "permissions",
    "organizations", "login_method", "sid", "auth_time", "nonce",
]  # fmt: skip
NOT_SUPPORTED = ("request_parameter_supported", "request_uri_parameter_supported", "claims_parameter_supported")


def _said(status: int, words: str, headers: dict[str, str]) -> Response:
    response = jsonify(error="invalid_request" if status < 500 else "server_error", error_description=words)
    response.status_code = status
    response.headers.extend(headers)
    return response


for _path in ("token", "userinfo", "introspection", "revocation"):
    errors.shape(f"/oidc/{_path}", _said)


@bp.get("/.well-known/openid-configuration")
@access("public")
def show_configuration() -> Response:
    issuer = current().public_url
    return jsonify(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/oidc/authorize",
        token_endpoint=f"{issuer}/oidc/token",
        userinfo_endpoint=f"{issuer}/oidc/userinfo",
        introspection_endpoint=f"{issuer}/oidc/introspection",
        introspection_endpoint_auth_methods_supported=AUTHENTICATION[:2],
        revocation_endpoint=f"{issuer}/oidc/revocation",
        revocation_endpoint_auth_methods_supported=AUTHENTICATION,
        end_session_endpoint=f"{issuer}/oidc/logout",
        backchannel_logout_supported=True,
        backchannel_logout_session_supported=True,
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        scopes_supported=tokens.SCOPES,
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[tokens.ALGORITHM],
        token_endpoint_auth_methods_supported=AUTHENTICATION,
        code_challenge_methods_supported=["S256"],
        prompt_values_supported=["none", "login", "select_account"],
        **dict.fromkeys(NOT_SUPPORTED, False),
        claims_supported=CLAIMS,
        authorization_response_iss_parameter_supported=True,
    )  # fmt: skip


@bp.get("/.well-known/jwks.json")
@access("public")
def show_keys() -> Response:
    begin_writing()  # the very first key is made when it is asked for
    keys = [key.public for key in signing_keys.published()]
    db.session.commit()
    response = jsonify(keys=keys)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/.well-known/retired-keys.json")
@access("public")
def show_retired_keys() -> Response:
    """With these nothing is signed any more; receipts that were can still be checked."""
    response = jsonify(keys=[key.public for key in signing_keys.retired()])
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.post("/oidc/authorize")
@access("public")
def submit_authorization() -> Answer:
    """A form may ask as well (OpenID Connect Core §3.1.2.1); by GET, the browser sends its cookie along."""
    return redirect(f"{request.path}?{urlencode(list(request.form.items()))}", 303)


@bp.get("/oidc/authorize")
@access("public")
def authorize() -> Answer:
    """Signed in, the browser goes back with a code; otherwise to the sign-in first. There is no question of consent: the
    clients are the application's own."""
    begin_writing()
    try:
        grant = provider.get_consent_grant(end_user=_anybody())
        _require_plain(request.args["redirect_uri"])
        person = choosing.person(request.args["redirect_uri"])
    except OAuth2Error as error:
        return _refuse(error)
    if isinstance(person, Answer):
        return person
    response: Response = provider.create_authorization_response(grant_user=person, grant=grant)
    db.session.commit()
    return _go(response)


@bp.post("/oidc/token")
@access("public")
def issue_token() -> Answer:
    """Committed also when it refuses: a code or token used twice has ended its grant."""
    return _for_a_client(provider.create_token_response)


@bp.post("/oidc/introspection")
@access("public")
def introspect_token() -> Answer:
    """RFC 7662."""
    return _for_a_client(lambda: provider.create_endpoint_response("introspection"))


@bp.post("/oidc/revocation")
@access("public")
def revoke_token() -> Answer:
    """RFC 7009."""
    return _for_a_client(lambda: provider.create_endpoint_response("revocation"))


@bp.route("/oidc/userinfo", methods=["GET", "POST"])
@access("public")
def show_userinfo() -> Response:
    """The token comes in the header, or in a form (RFC 6750 §2)."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else request.form.get("access_token", "")
    found = tokens.found(given) if given else None
    if found is None or "openid" not in found.scope.split():
        return _said(401, "The access token has ended.", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return jsonify(tokens.person_claims(found.grant, found.scope))


def _for_a_client(answer: Callable[[], Answer]) -> Answer:
    """Whoever tries secrets is slowed down; who has the right one is not counted."""
    key = ("client", session.address())
    if limits.is_spent(current().sign_in_rate, *key):
        return _said(429, "Too many wrong client credentials. Try again in a minute.", {"Retry-After": "60"})
    response = answer()
    db.session.commit()
    if (response.get_json(silent=True) or {}).get("error") == "invalid_client":
        limits.allows_per_minute(current().sign_in_rate, *key)
    return response


def _require_plain(redirect_uri: str) -> None:
    """What is asked is said in the address itself (OpenID Connect Core §6)."""
    if "request" in request.args:
        raise RequestNotSupportedError("Send the parameters themselves.", redirect_uri=redirect_uri)
    if "request_uri" in request.args:
        raise RequestURINotSupportedError("Send the parameters themselves.", redirect_uri=redirect_uri)


def _anybody() -> object | None:
    return session.person() if session.signed_in() else None


def _refuse(error: OAuth2Error) -> Answer:
    """To the client where its address is proven; otherwise to the person, because nobody else can be trusted with it."""
    db.session.rollback()
    if not error.redirect_uri:
        abort(400)
    error.state = request.args.get("state")
    response: Response = provider.handle_error_response(None, error)
    return _go(response)


def _go(response: Response) -> Answer:
    """Back from our own sign-in form, the browser leaves by a page: a redirect would fall under that form's policy
    (CSP `form-action`). The answer says whose it is (RFC 9207)."""
    address = response.headers.get("Location", "")
    if address:
        address = add_params_to_uri(address, [("iss", current().public_url)])
        response.headers["Location"] = address
    if choosing.came_back() is None or not address:
        return response
    return send_away(address, title=_("You are signed in"))
