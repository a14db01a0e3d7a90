"""The addresses of the provider: discovery, keys, authorization, tokens, userinfo."""

from datetime import datetime
from urllib.parse import urlencode, urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError
from authlib.oidc.core.errors import LoginRequiredError
from flask import Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from portal.extensions import db
from portal.models import Connection, Organization
from portal.models.base import now
from portal.models.engine import begin_writing
from portal.oidc import bp, tokens
from portal.oidc.provider import SignedIn, provider
from portal.organizations import connections, grants, organizations, signing_keys
from portal.settings import current
from portal.web import errors, session, sso
from portal.web.access import access

RETURNED = "returned"
FRESH = 120


def _said(status: int, words: str, headers: dict[str, str]) -> Response:
    response = jsonify(error="invalid_request" if status < 500 else "server_error", error_description=words)
    response.status_code = status
    response.headers.extend(headers)
    return response


errors.shape("/oidc/token", _said)
errors.shape("/oidc/userinfo", _said)


@bp.get("/.well-known/openid-configuration")
@access("public")
def show_configuration() -> Response:
    issuer = current().public_url
    return jsonify(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/oidc/authorize",
        token_endpoint=f"{issuer}/oidc/token",
        userinfo_endpoint=f"{issuer}/oidc/userinfo",
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        scopes_supported=tokens.SCOPES,
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[tokens.ALGORITHM],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post", "none"],
        code_challenge_methods_supported=["S256"],
        prompt_values_supported=["none"],
        claims_supported=[
            "sub", "name", "email", "email_verified", "org_id", "org_name", "org_slug", "roles", "permissions",
            "organizations", "login_method", "sid", "auth_time", "nonce",
        ],
        authorization_response_iss_parameter_supported=False,
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


@bp.get("/oidc/authorize")
@access("public")
def authorize() -> Answer:
    """Signed in, the browser goes back with a code; otherwise to the sign-in first. There is no question of consent: the
    clients are the application's own."""
    begin_writing()
    try:
        grant = provider.get_consent_grant(end_user=_anybody())
        person = _person(grant.redirect_uri or request.args["redirect_uri"])
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
    response: Answer = provider.create_token_response()
    db.session.commit()
    return response


@bp.route("/oidc/userinfo", methods=["GET", "POST"])
@access("public")
def show_userinfo() -> Response:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = tokens.grant_of(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        return _said(401, "The access token has ended.", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return jsonify(tokens.person_claims(*found))


def _anybody() -> object | None:
    return session.person() if session.signed_in() else None


def _person(redirect_uri: str) -> SignedIn | Answer:
    """Who is signed in, for the organization asked for; or the way to the sign-in."""
    wanted = _wanted_organization(redirect_uri)
    if not session.signed_in():
        return _to_sign_in(wanted)
    row = session.current_session()
    _require_fresh(row.created_at, redirect_uri)
    if wanted is None:
        own = grants.memberships_of(row)
        inside = [one for one in own if one.organization_id == row.organization_id] or (own if len(own) == 1 else [])
        return SignedIn(row, inside[0].organization if inside else None)
    if grants.membership_of(row, wanted.id):
        return SignedIn(row, wanted)
    if row.reaches(wanted.id) or not connections.live_of(wanted):
        raise AccessDeniedError("The person is no active member of this organization.", redirect_uri=redirect_uri)
    if request.args.get("prompt") == "none" or RETURNED in request.args:
        raise LoginRequiredError("This organization asks for a sign-in of its own.", redirect_uri=redirect_uri)
    return _to_sign_in(wanted)


def _require_fresh(signed_in_at: datetime, redirect_uri: str) -> None:
    """`prompt=login` and `max_age` are met by a sign-in that has just been; an older one is not renewed here."""
    asked = request.args
    oldest = int(asked["max_age"]) if asked.get("max_age", "").isdecimal() else None
    if "login" in asked.get("prompt", "").split():
        oldest = min(oldest if oldest is not None else FRESH, FRESH)
    if oldest is not None and (now() - signed_in_at).total_seconds() > oldest:
        raise LoginRequiredError("Sign out first: this sign-in is older than asked for.", redirect_uri=redirect_uri)


def _wanted_organization(redirect_uri: str) -> Organization | None:
    name = request.args.get("organization", "")
    if not name:
        return None
    found = organizations.find(name) if name.isprintable() else None
    if found is None:
        raise AccessDeniedError("There is no such organization.", redirect_uri=redirect_uri)
    return found


def _to_sign_in(wanted: Organization | None) -> Answer:
    """Straight to the IdP where the request names a way there: `connection`, `organization`, `domain_hint`, `login_hint`."""
    back = f"{request.path}?{urlencode([*request.args.items(), (RETURNED, '1')])}"
    ways = _connections(wanted)
    if len(ways) == 1:
        return redirect(sso.address(ways[0], "login", next=back), 303)
    return redirect(url_for("auth.show_login", next=back), 303)


def _connections(wanted: Organization | None) -> list[Connection]:
    asked = request.args
    if wanted:
        live = connections.live_of(wanted)
        named = [one for one in live if str(one.id) == asked.get("connection")]
        return named or live
    email = asked.get("login_hint") or (f"x@{asked['domain_hint']}" if asked.get("domain_hint") else "")
    return connections.for_email(email) if "@" in email and email.isprintable() else []


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
    (CSP `form-action`)."""
    address = response.headers.get("Location", "")
    if RETURNED not in request.args or not address:
        return response
    host = urlsplit(address).hostname or ""
    return Response(render_template("oidc/go.html", address=address, host=host))
