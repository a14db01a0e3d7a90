"""The protocol, as Authlib speaks it: which requests are right, and what is answered to wrong ones."""

from dataclasses import dataclass

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import request as flask_request

from portal.models import Grant, Organization, RefreshToken, Session
from portal.oidc import tokens
from portal.oidc.asking_about import Introspection, Revocation
from portal.oidc.program import AUTHENTICATION, Program
from portal.organizations import applications, grants
from portal.settings import current


@dataclass(frozen=True)
class SignedIn:
    """Who grants: a session, and the organization in force."""

    session: Session
    organization: Organization | None


@dataclass(frozen=True)
class Given:
    """A grant, as Authlib asks about codes, refresh tokens and the people behind them."""

    grant: Grant
    token: RefreshToken | None = None

    def get_redirect_uri(self) -> str:
        return self.grant.redirect_uri

    def get_scope(self) -> str:
        return self.grant.scope

    def get_nonce(self) -> str:
        return self.grant.nonce

    def get_auth_time(self) -> int:
        return int(self.grant.session.created_at.timestamp())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None

    def check_client(self, client: Program) -> bool:
        return client.row.id == self.grant.client_id

    @property
    def code_challenge(self) -> str:
        return self.grant.challenge

    @property
    def code_challenge_method(self) -> str:
        return "S256"


class Code(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION

    def generate_authorization_code(self) -> str:
        asked, user = self.request.payload.data, self.request.user
        wish = grants.Wish(
            self.request.client.row, self.request.scope, asked["redirect_uri"], asked["code_challenge"],
            asked.get("nonce", "")[:500],
        )  # fmt: skip
        return grants.begin(wish, user.session, user.organization)[1]

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Kept already: the verb makes code and grant together."""

    def query_authorization_code(self, code: str, client: Program) -> Given | None:
        grant = grants.by_code(client.row, code)
        return Given(grant) if grant else None

    def delete_authorization_code(self, authorization_code: Given) -> None:
        grants.use_code(authorization_code.grant)

    def authenticate_user(self, authorization_code: Given) -> Given:
        return authorization_code


class Refresh(RefreshTokenGrant):
    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = Code.TOKEN_ENDPOINT_AUTH_METHODS

    def authenticate_refresh_token(self, refresh_token: str) -> Given | None:
        token = grants.by_refresh(self.request.client.row, refresh_token)
        return Given(token.grant, token) if token else None

    def authenticate_user(self, refresh_token: Given) -> Given:
        return refresh_token

    def revoke_old_credential(self, refresh_token: Given) -> None:
        if refresh_token.token:
            grants.use_refresh(refresh_token.token)


class Proof(CodeChallenge):
    """PKCE for every client, with S256 only; Authlib asks it of public ones."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012

    def validate_code_challenge(self, grant: Code, redirect_uri: str) -> None:
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A code_challenge with code_challenge_method=S256 is required (RFC 7636).")
        super().validate_code_challenge(grant, redirect_uri)

    def get_authorization_code_challenge(self, authorization_code: Given) -> str:
        return authorization_code.code_challenge

    def get_authorization_code_challenge_method(self, authorization_code: Given) -> str:
        return authorization_code.code_challenge_method


class IdentityToken(OpenIDCode):
    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return False  # the code is used once, and the nonce is the client's own proof

    def get_client_algorithm(self, client: Program) -> str:
        return tokens.ALGORITHM

    def get_encode_header(self, client: Program) -> dict[str, str]:
        return {"alg": tokens.ALGORITHM, "kid": tokens.signer().kid}

    def resolve_client_private_key(self, client: Program) -> object:
        return tokens.signer().key

    def get_client_claims(self, client: Program) -> dict[str, object]:
        return {"iss": current().public_url, "aud": client.get_client_id()}

    def generate_user_info(self, user: Given, scope: str) -> dict[str, object]:
        return tokens.person_claims(user.grant, scope)


class Asked(FlaskOAuth2Request):
    """Authlib refuses plain http; whether https is spoken before us is PUBLIC_URL's business."""

    def __init__(self) -> None:
        OAuth2Request.__init__(
            self, flask_request.method, f"https://{current().host}{flask_request.path}", headers=flask_request.headers
        )
        self._request = flask_request
        self.payload = FlaskOAuth2Payload(flask_request)


class Provider(AuthorizationServer):
    def __init__(self) -> None:
        super().__init__(query_client=_program)
        self.register_token_generator("default", _bearer)
        self.register_grant(Code, [Proof(required=True), IdentityToken(require_nonce=False)])
        self.register_grant(Refresh)
        self.register_endpoint(Introspection)
        self.register_endpoint(Revocation)

    def create_oauth2_request(self, request: object) -> Asked:
        return Asked()

    def save_token(self, token: dict[str, object], request: OAuth2Request) -> None:
        """Kept already: see `_bearer`."""


def _program(client_id: str) -> Program | None:
    row = applications.find(client_id)
    return Program(row) if row else None


def _bearer(
    grant_type: str, client: Program, user: Given, scope: str | None, expires_in: object, include_refresh_token: bool
) -> dict[str, object]:
    scope = client.get_allowed_scope(scope)
    token: dict[str, object] = {
        "token_type": "Bearer",
        "access_token": tokens.access_token(user.grant, scope),
        "expires_in": tokens.lifetime(),
        "scope": scope,
    }
    return token | ({"refresh_token": grants.issue_refresh(user.grant)} if include_refresh_token else {})


provider = Provider()
