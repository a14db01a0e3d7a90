"""The practice IdP as OpenID clients and their browsers meet it: description, keys, “Sign in as …”, tokens."""

import base64
import binascii
import uuid
from urllib.parse import urlencode

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for

from portal.extensions import csrf
from portal.practice import bp
from portal.practice.acting import tenant_of
from portal.practice.openid import Provider
from portal.practice.signing_in import refuse
from portal.practice.tenants import Tenant
from portal.web.access import access

ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge")
IDP = "/idp/<uuid:tenant_id>"


@bp.get(f"{IDP}/.well-known/openid-configuration")
@access("practice")
def show_description(tenant_id: uuid.UUID) -> Response:
    return jsonify(Provider(tenant_of(tenant_id)).description())


@bp.get(f"{IDP}/jwks")
@access("practice")
def show_keys(tenant_id: uuid.UUID) -> Response:
    return jsonify(Provider(tenant_of(tenant_id)).keys())


@bp.get(f"{IDP}/authorize")
@access("practice")
def show_authorize(tenant_id: uuid.UUID) -> Response:
    tenant, asked = tenant_of(tenant_id), _asked(request.args.to_dict())
    if objection := _objection(tenant, asked):
        return refuse(tenant, objection)
    action = url_for("practice.authorize", tenant_id=tenant.id)
    return make_response(render_template("practice/sign_in.html", tenant=tenant, action=action, fields=asked))


@bp.post(f"{IDP}/authorize")
@access("practice")
def authorize(tenant_id: uuid.UUID) -> Response:
    """Back with a code: a vendor refuses on its own page who is not assigned."""
    tenant, asked = tenant_of(tenant_id), _asked(request.form.to_dict())
    person = tenant.cast.person(request.form.get("person", ""))
    if objection := _objection(tenant, asked):
        return refuse(tenant, objection)
    if person is None or not person.in_use:
        return refuse(tenant, tenant.personality.refusals.not_assigned)
    provider = Provider(tenant)
    back = {"code": provider.code(person, asked), "state": asked["state"]}
    back |= {"iss": provider.issuer} if provider.speaks.names_itself else {}
    return make_response(redirect(f"{asked['redirect_uri']}?{urlencode(back)}", 303))


@bp.post(f"{IDP}/token")
@access("practice")
def create_token(tenant_id: uuid.UUID) -> Response:
    answer = jsonify(found := Provider(tenant_of(tenant_id)).redeem(_credentials() | request.form.to_dict()))
    answer.status_code = 400 if "error" in found else 200
    return answer


csrf.exempt(create_token)  # asked by the application itself


@bp.get(f"{IDP}/end-session")
@access("practice")
def end_session(tenant_id: uuid.UUID) -> Response:
    """Nobody stays signed in here, so there is only the way back."""
    tenant, back = tenant_of(tenant_id), request.args.get("post_logout_redirect_uri", "")
    ours = tenant.cast.app.redirect_uri.removesuffix("callback") + "signed-out"
    if back != ours:
        return refuse(tenant, tenant.personality.refusals.wrong_acs.format(got=back))
    return make_response(redirect(f"{back}?{urlencode({'state': request.args.get('state', '')})}", 303))


def _asked(given: dict[str, str]) -> dict[str, str]:
    return {name: given.get(name, "")[:500] for name in ASKED}


def _objection(tenant: Tenant, asked: dict[str, str]) -> str:
    refusals = tenant.personality.refusals
    if asked["client_id"] != Provider(tenant).client_id or not tenant.cast.app.redirect_uri:
        return refusals.unknown_app.format(got=asked["client_id"])
    if asked["redirect_uri"] != tenant.cast.app.redirect_uri:
        return refusals.wrong_acs.format(got=asked["redirect_uri"])
    if asked["response_type"] != "code" or not asked["code_challenge"] or "openid" not in asked["scope"].split():
        return refusals.no_request
    return ""


def _credentials() -> dict[str, str]:
    """RFC 6749 §2.3.1, by the header."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return {}
    return {"client_id": client_id, "client_secret": secret} if scheme.lower() == "basic" else {}
