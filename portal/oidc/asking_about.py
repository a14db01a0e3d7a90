"""What a client may ask about a token, and that it should end: introspection and revocation."""

from dataclasses import dataclass

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from portal.models import Grant
from portal.oidc import tokens
from portal.oidc.program import AUTHENTICATION, Program
from portal.organizations import grants
from portal.settings import current


@dataclass(frozen=True)
class Held:
    """A token somebody asks about: what it says, and the grant it belongs to."""

    grant: Grant
    claims: tokens.Claims

    def check_client(self, client: Program) -> bool:
        return client.row.id == self.grant.client_id

    def is_expired(self) -> bool:
        return False  # one that has ended is not held at all

    def is_revoked(self) -> bool:
        return False


class Introspection(IntrospectionEndpoint):
    """RFC 7662. A client asks about its own tokens; of anybody else's it learns nothing."""

    CLIENT_AUTH_METHODS = AUTHENTICATION[:2]

    def query_token(self, token_string: str, token_type_hint: str | None) -> Held | None:
        return _held(token_string)

    def check_permission(self, token: Held, client: Program, request: OAuth2Request) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: Held) -> tokens.Claims:
        return {"active": True, "username": token.grant.user.email, **token.claims}


class Revocation(RevocationEndpoint):
    """RFC 7009. Either token ends the whole sign-in that it belongs to."""

    CLIENT_AUTH_METHODS = AUTHENTICATION

    def query_token(self, token_string: str, token_type_hint: str | None) -> Held | None:
        return _held(token_string)

    def revoke_token(self, token: Held, request: OAuth2Request) -> None:
        grants.revoke(token.grant)


def _held(token: str) -> Held | None:
    if found := tokens.found(token):
        return Held(found.grant, found.claims | {"token_type": "Bearer"})
    refresh = grants.peek(token)
    if refresh is None or refresh.used_at is not None or not grants.is_alive(refresh.grant):
        return None
    grant = refresh.grant
    said = {"client_id": str(grant.client_id), "sub": str(grant.user_id), "scope": grant.scope, "sid": grant.sid}
    return Held(grant, {"token_type": "refresh_token", "iss": current().public_url, **said})
