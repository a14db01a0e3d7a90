"""Tokens verified on the spot: signature, issuer, audience and time, against the keys the Vestibule publishes."""

import threading
import time
from collections.abc import Mapping

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from vestibule.identity import User
from vestibule.refusing import Unauthorized

ALGORITHMS = ["RS256"]
ACCESS_TOKEN, LOGOUT_TOKEN = "at+jwt", "logout+jwt"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Keys:
    """The published keys: kept for an hour, fetched anew for a key nobody has seen, though not more than every ten seconds."""

    FRESH, AT_MOST_EVERY = 3600.0, 10.0

    def __init__(self, url: str, http: httpx.Client | None = None) -> None:
        self.url, self.http = url, http or httpx.Client(timeout=5)
        self.lock, self.keys, self.fetched_at = threading.Lock(), KeySet([]), float("-inf")

    def holding(self, kid: str) -> KeySet:
        if self._age() > self.FRESH or (not self._has(kid) and self._age() > self.AT_MOST_EVERY):
            self._fetch()
        return self.keys

    def _fetch(self) -> None:
        """Keys at hand go on serving while new ones cannot be had."""
        with self.lock:
            if self._age() < self.AT_MOST_EVERY:
                return
            try:
                answer = self.http.get(self.url).raise_for_status()
                self.keys = KeySet.import_key_set(answer.json())
            except (httpx.HTTPError, ValueError) as error:
                if not self.keys.keys:
                    raise Unauthorized(f"The keys at {self.url} cannot be read.") from error
            self.fetched_at = time.monotonic()

    def _has(self, kid: str) -> bool:
        return any(key.kid == kid for key in self.keys.keys)

    def _age(self) -> float:
        return time.monotonic() - self.fetched_at


class Verifier:
    """`issuer` is the Vestibule's address; `audience` the client id whose tokens count."""

    def __init__(self, issuer: str, audience: str, *, leeway: int = 5, http: httpx.Client | None = None) -> None:
        self.issuer, self.audience, self.leeway = issuer.rstrip("/"), audience, leeway
        self.keys = Keys(f"{self.issuer}/.well-known/jwks.json", http)

    def user(self, access_token: str) -> User:
        """The person behind an access token (RFC 9068); `Unauthorized` when it does not count."""
        return User.read(self._claims(access_token, ACCESS_TOKEN))

    def logged_out(self, logout_token: str) -> str:
        """The session that a logout token ends (OpenID Connect Back-Channel Logout 1.0 §2.6)."""
        claims = self._claims(logout_token, LOGOUT_TOKEN)
        events = claims.get("events")
        if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims or not claims.get("sid"):
            raise Unauthorized("This is no logout token.")
        return str(claims["sid"])

    def _claims(self, token: str, kind: str) -> Mapping[str, object]:
        try:
            header = jwt.decode(token, self.keys.holding(_kid(token)), ALGORITHMS)
            rules = jwt.JWTClaimsRegistry(
                leeway=self.leeway,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.audience},
                sub={"essential": kind == ACCESS_TOKEN},
                exp={"essential": True},
            )
            rules.validate(header.claims)
        except (JoseError, ValueError, KeyError) as error:
            raise Unauthorized("The access token has ended, or is not for this application.") from error
        if header.header.get("typ") != kind:
            raise Unauthorized(f"A token of type {kind} is wanted.")
        return header.claims


def _kid(token: str) -> str:
    """As the token says it; it only chooses among keys the Vestibule published."""
    return str(extract_compact(token.encode()).headers().get("kid", ""))
