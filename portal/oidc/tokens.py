"""What tokens say of a person: who they are, in which organization, with which roles; signed, and read again."""

import uuid
from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from portal.models import Grant, Membership, Organization
from portal.models.base import new_id, now
from portal.organizations import grants, signing_keys
from portal.settings import current

ALGORITHM = "RS256"
SCOPES = ("openid", "profile", "email", "organizations", "offline_access")

Claims = dict[str, object]


@dataclass(frozen=True)
class Signer:
    kid: str
    key: RSAKey


def signer() -> Signer:
    present = signing_keys.present()
    return Signer(str(present.public["kid"]), signing_keys.private(present))


def access_token(grant: Grant, scope: str) -> str:
    """A JWT (RFC 9068) that the application may verify by itself; it lives for minutes."""
    at, by = int(now().timestamp()), signer()
    claims: Claims = {
        "iss": current().public_url, "sub": str(grant.user_id), "aud": str(grant.client_id),
        "client_id": str(grant.client_id), "iat": at, "exp": at + lifetime(), "jti": str(new_id()), "scope": scope,
        "grant_id": str(grant.id), **organization_claims(grant),
    }  # fmt: skip
    return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt", "kid": by.kid}, claims, by.key)


def grant_of(token: str) -> tuple[Grant, str] | None:
    """The grant behind an access token, and the token's scope, if both still count."""
    keys = KeySet([signing_keys.public(key) for key in signing_keys.published()])
    try:
        read = jwt.decode(token, keys, [ALGORITHM])
        jwt.JWTClaimsRegistry(iss={"essential": True, "value": current().public_url}, exp={"essential": True}).validate(
            read.claims
        )
        grant = grants.get(uuid.UUID(str(read.claims.get("grant_id"))))
    except (JoseError, ValueError):
        return None
    if read.header.get("typ") != "at+jwt" or grant is None or not grants.is_alive(grant):
        return None
    return grant, str(read.claims.get("scope", ""))


def lifetime() -> int:
    return current().access_token_minutes * 60


def person_claims(grant: Grant, scope: str) -> Claims:
    """What the scopes ask for, in the identity token and at userinfo alike."""
    user, asked, claims = grant.user, scope.split(), organization_claims(grant)
    claims["sub"] = str(user.id)
    if "profile" in asked:
        claims |= {"name": user.name or user.email, "updated_at": int(user.created_at.timestamp())}
    if "email" in asked:
        claims |= {"email": user.email, "email_verified": user.email_verified_at is not None}
    if "organizations" in asked:
        claims["organizations"] = [_in(membership) for membership in grants.memberships_of(grant.session)]
    return claims


def organization_claims(grant: Grant) -> Claims:
    """The organization in force, and how the person came in."""
    session = grant.session
    connection = str(session.connection_id) if session.connection_id else None
    claims: Claims = {
        "sid": str(session.id),
        "login_method": {"method": session.method.value, "connection": connection},
    }
    membership = grants.membership_of(session, grant.organization) if grant.organization else None
    return claims | _in(membership) if membership else claims


def _in(membership: Membership) -> Claims:
    organization: Organization = membership.organization
    return {
        "org_id": str(organization.id),
        "org_name": organization.name,
        "org_slug": organization.slug,
        "roles": [role.key for role in membership.roles],
        "permissions": sorted({permission for role in membership.roles for permission in role.permissions}),
    }
