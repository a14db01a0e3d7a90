"""The practice Google Workspace as a service account meets it: its key, the delegation, the token endpoint, the Directory API.

`GOOGLE_ADDRESS` = PUBLIC_URL/practice/google makes the guide read from here; the demo sets it.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Response, current_app, jsonify, make_response, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from werkzeug.wrappers import Response as Answer

from portal.extensions import csrf
from portal.practice import bp, tenants
from portal.practice.acting import act, tenant_of
from portal.practice.cast import Json, Person
from portal.practice.tenants import Tenant
from portal.web.access import access

READ = "https://www.googleapis.com/auth/admin.directory."
SCOPES = tuple(f"{READ}{what}.readonly" for what in ("user", "group", "group.member"))
HOST = "iam.practice.example"
DIRECTORY = "/google/admin/directory/v1"
HOUR = 3600
Find = Callable[[Tenant], Sequence[Json] | None]


@bp.get("/<uuid:tenant_id>/key.json")
@access("practice")
def download_key(tenant_id: uuid.UUID) -> Response:
    """The file that the Cloud console hands out."""
    tenant = tenant_of(tenant_id)
    key = {
        "type": "service_account", "project_id": "practice", "private_key_id": tenant.id.hex[:16],
        "private_key": tenant.key.private, "client_email": f"{tenant.id}@{HOST}", "client_id": client_id(tenant),
    }  # fmt: skip
    answer = make_response(json.dumps(key, indent=2))
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = 'attachment; filename="practice-key.json"'
    return answer


@bp.post("/<uuid:tenant_id>/delegation")
@access("practice")
def update_delegation(tenant_id: uuid.UUID) -> Answer:
    def delegate(tenant: Tenant) -> str:
        ours = request.form.get("client_id", "").strip() == client_id(tenant)
        tenant.cast.delegation = request.form.get("scopes", "").strip()[:1000] if ours else ""
        return "Authorized." if ours else "No service account of this company has that client ID."

    return act(tenant_id, delegate, back="practice.show_provisioning")


@bp.post("/google/token")
@access("practice")
def create_google_token() -> Response:
    """RFC 7523: a signed claim who asks, in whose name, and for what."""
    assertion = request.form.get("assertion", "")
    claims, tenant = _claimed(assertion)
    if tenant is None or not _signed(assertion, tenant):
        return _no_token(400, "invalid_grant", "Invalid JWT Signature.")
    wanted = set(str(claims.get("scope", "")).split())
    if not wanted <= set(tenant.cast.delegation.replace(",", " ").split()):
        said = "Client is unauthorized to retrieve access tokens using this method."
        return _no_token(401, "unauthorized_client", said)
    admin = tenant.cast.named(str(claims.get("sub", "")))
    if admin is None:
        return _no_token(400, "invalid_grant", "Invalid email or User ID")
    token = _sealer().dumps({"tenant": str(tenant.id), "admin": admin.id})
    return jsonify(access_token=token, expires_in=HOUR, token_type="Bearer")


csrf.exempt(create_google_token)  # no browser


@bp.get(f"{DIRECTORY}/users")
@access("practice")
def list_google_users() -> Response:
    return _listed("users", lambda tenant: [_user(person) for person in tenant.cast.people])


@bp.get(f"{DIRECTORY}/groups")
@access("practice")
def list_google_groups() -> Response:
    return _listed("groups", lambda tenant: [_group(tenant, one.id, one.name) for one in tenant.cast.groups])


@bp.get(f"{DIRECTORY}/groups/<group_id>/members")
@access("practice")
def list_google_members(group_id: str) -> Response:
    def members(tenant: Tenant) -> Sequence[Json] | None:
        group = tenant.cast.group(group_id)
        return [{"id": id, "type": "USER"} for id in group.members] if group else None

    return _listed("members", members)


def client_id(tenant: Tenant) -> str:
    return str(tenant.id.int)[:21]


def _listed(name: str, find: Find) -> Response:
    """One page of a list, as Google pages: only for an administrator, who here is the first of the company's people."""
    try:
        said: Mapping[str, str] = _sealer().loads(request.headers.get("Authorization", "")[7:], max_age=HOUR)
    except BadSignature:
        return _error(401, "authError", "Invalid Credentials")
    tenant = tenants.find(uuid.UUID(said["tenant"]))
    if tenant is None or not tenant.cast.people or tenant.cast.people[0].id != said["admin"]:
        return _error(403, "forbidden", "Not Authorized to access this resource/api")
    rows = find(tenant)
    if rows is None:
        return _error(404, "notFound", "Resource Not Found: groupKey")
    start, most = request.args.get("pageToken", 0, int), min(request.args.get("maxResults", 100, int), 500)
    page: Json = {"kind": f"admin#directory#{name}", name: list(rows[start : start + most])}
    return jsonify(page | ({"nextPageToken": str(start + most)} if start + most < len(rows) else {}))


def _user(person: Person) -> Json:
    name = {"givenName": person.given_name, "familyName": person.family_name, "fullName": person.display_name}
    return {
        "id": person.id, "primaryEmail": person.user_name, "name": name, "suspended": not person.active, "archived": False,
    }  # fmt: skip


def _group(tenant: Tenant, id: str, name: str) -> Json:
    domain = tenant.cast.people[0].user_name.partition("@")[2] if tenant.cast.people else "example"
    return {"id": id, "name": name, "email": f"{name.lower().replace(' ', '-')}@{domain}"}


def _claimed(assertion: str) -> tuple[Json, Tenant | None]:
    """What it says before anything is verified: whose key to verify it with."""
    try:
        claims = json.loads(jws.extract_compact(assertion.encode()).payload)
        tenant_id, _, host = str(claims["iss"]).partition("@")
        return claims, tenants.find(uuid.UUID(tenant_id)) if host == HOST else None
    except (JoseError, ValueError, KeyError, TypeError):
        return {}, None


def _signed(assertion: str, tenant: Tenant) -> bool:
    public = x509.load_pem_x509_certificate(tenant.key.certificate.encode()).public_key()
    key = RSAKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    try:
        jws.deserialize_compact(assertion, key, algorithms=["RS256"])
    except JoseError:
        return False
    return True


def _no_token(status: int, error: str, words: str) -> Response:
    return make_response(jsonify(error=error, error_description=words), status)


def _error(status: int, reason: str, words: str) -> Response:
    said = {"code": status, "message": words, "errors": [{"message": words, "domain": "global", "reason": reason}]}
    return make_response(jsonify(error=said), status)


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="practice-google")
