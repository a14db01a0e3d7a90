"""The OpenID half of a practice IdP: what it says of itself, the codes it gives, and what they are worth."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from functools import cached_property

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.jwk import RSAKey

from portal.models.base import now
from portal.practice.cast import Person
from portal.practice.tenants import Tenant
from portal.settings import current

SECONDS = 60
Claims = dict[str, object]


@dataclass(frozen=True)
class Code:
    """What a code stands for; it carries it itself, signed, for a minute."""

    tenant_id: str
    person_id: str
    redirect_uri: str
    nonce: str
    challenge: str


class Provider:
    """One practice IdP as an OpenID provider. Its client is the application that the learner registers."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.speaks = tenant, tenant.personality.openid

    @property
    def issuer(self) -> str:
        return f"{current().public_url}/practice/idp/{self.tenant.id}"

    @property
    def shown_issuer(self) -> str:
        """As its console shows it."""
        return f"{self.issuer}{self.speaks.shown_after_issuer}"

    @property
    def client_id(self) -> str:
        return self.tenant.sender.facts["app_id"]

    @property
    def client_secret(self) -> str:
        """Made from the key, so that nothing more has to be kept."""
        return hashlib.sha256(f"client secret {self.tenant.key.private}".encode()).hexdigest()[:40]

    @cached_property
    def key(self) -> RSAKey:
        made = RSAKey.import_key(self.tenant.key.private, {"use": "sig", "alg": "RS256"})
        made.ensure_kid()
        return made

    def description(self) -> Claims:
        endpoints = {
            "authorization": "authorize",
            "token": "token",
            "end_session": "end-session",
        }
        return {
            "issuer": self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in endpoints.items()},
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            **({"code_challenge_methods_supported": ["S256"]} if self.speaks.mentions_pkce else {}),
            "authorization_response_iss_parameter_supported": self.speaks.names_itself,
        }

    def keys(self) -> Claims:
        return {"keys": [dict(self.key.as_dict(private=False))]}

    def code(self, person: Person, asked: dict[str, str]) -> str:
        code = Code(
            str(self.tenant.id),
            person.id,
            asked["redirect_uri"],
            asked.get("nonce", ""),
            asked.get("code_challenge", ""),
        )
        return str(_signer().dumps(asdict(code)))

    def redeem(self, form: dict[str, str]) -> Claims:
        """Tokens, or an error as RFC 6749 §5.2 names it."""
        shown = (form.get("client_id", ""), form.get("client_secret", ""))
        if not hmac.compare_digest("\n".join(shown).encode(), f"{self.client_id}\n{self.client_secret}".encode()):
            return {"error": "invalid_client", "error_description": "The client ID or its secret is not right."}
        try:
            code = Code(**_signer().loads(form.get("code", ""), max_age=SECONDS))
        except (BadSignature, TypeError):
            return {"error": "invalid_grant", "error_description": "The code is not known, or a minute old."}
        person = self.tenant.cast.person(code.person_id)
        told = (str(self.tenant.id), form.get("redirect_uri"), _challenge(form.get("code_verifier", "")))
        if person is None or told != (code.tenant_id, code.redirect_uri, code.challenge):
            return {"error": "invalid_grant", "error_description": "The redirect_uri or the code_verifier is another."}
        return self._tokens(code, person)

    def _tokens(self, code: Code, person: Person) -> Claims:
        at, access_token = int(now().timestamp()), secrets.token_urlsafe(24)
        claims = self.about(person) | {
            "iss": self.issuer, "aud": self.client_id, "iat": at, "exp": at + 3600, "auth_time": at, "nonce": code.nonce,
            "at_hash": _half(access_token), "sid": code.nonce[:16],
        }  # fmt: skip
        id_token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
        return {"access_token": access_token, "token_type": "Bearer", "expires_in": 3600, "id_token": id_token}

    def about(self, person: Person) -> Claims:
        names = ("id", "user_name", "email", "given_name", "family_name", "display_name")
        facts = {**self.tenant.sender.facts, **{name: getattr(person, name) for name in names}}
        said: Claims = {claim.name: claim.source.format(**facts) for claim in self.speaks.claims}
        verified: Claims = {"email_verified": True} if self.speaks.verifies_email else {}
        return {name: value for name, value in said.items() if value} | verified


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _half(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="practice-code")
