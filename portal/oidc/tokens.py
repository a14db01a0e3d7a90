"""What tokens say of a person: who they are, in which organization, with which roles; signed, and read again."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from portal.models import Grant, Membership, Organization
from portal.models.base import new_id, now
from portal.organizations import grants, signing_keys
from portal.organizations.backchannel import Ended
from portal.settings import current

ALGORITHM = signing_keys.ALGORITHM
SCOPES = ("openid", "profile", "email", "organizations", "offline_access")

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_LIVES = timedelta(minutes=2)

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
    at = int(now().timestamp())
    claims: Claims = {
        "iss": current().public_url, "sub": str(grant.user_id), "aud": str(grant.client_id),
        "client_id": str(grant.client_id), "iat": at, "exp": at + lifetime(), "jti": str(new_id()), "scope": scope,
        "grant_id": str(grant.id), **organization_claims(grant),
    }  # fmt: skip
    return signing_keys.sign(claims, "at+jwt")


def logout_token(ended: Ended) -> str:
    """OpenID Connect Back-Channel Logout 1.0 §2.4: whose session ended, and nothing that could pass for an identity token."""
    at = now()
    claims: Claims = {
        "iss": current().public_url, "aud": str(ended.client_id), "sub": str(ended.user_id), "sid": ended.sid,
        "iat": int(at.timestamp()), "exp": int((at + LOGOUT_LIVES).timestamp()), "jti": str(new_id()),
        "events": {LOGOUT_EVENT: {}},
    }  # fmt: skip
    return signing_keys.sign(claims, "logout+jwt")


@dataclass(frozen=True)
class Found:
    """An access token that still counts."""

    grant: Grant
    claims: Claims

    @property
    def scope(self) -> str:
        return str(self.claims.get("scope", ""))


def found(token: str) -> Found | None:
    """The grant behind an access token, if both still count."""
    try:
        read = signing_keys.read(token)
        jwt.JWTClaimsRegistry(iss={"essential": True, "value": current().public_url}, exp={"essential": True}).validate(
            read.claims
        )
        grant = grants.get(uuid.UUID(str(read.claims.get("grant_id"))))
    except (JoseError, ValueError):
        return None
    if read.header.get("typ") != "at+jwt" or grant is None or not grants.is_alive(grant):
        return None
    return Found(grant, read.claims)


def hint(token: str) -> Claims | None:
    """What an identity token of ours says, also an old one: it only points at a session (RP-Initiated Logout 1.0 §2)."""
    try:
        read = signing_keys.read(token, old=True)
    except (JoseError, ValueError):
        return None
    ours = read.claims.get("iss") == current().public_url and read.header.get("typ") in (None, "JWT")
    return read.claims if ours and "sid" in read.claims else None


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
        "sid": grant.sid,
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
