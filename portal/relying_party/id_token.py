"""Reading a token of an OpenID provider: its signature, and what it must say to count here (OpenID Connect Core §3.1.3.7)."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from authlib.oidc.core.util import create_half_hash
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, JWSRegistry

from portal.models import OidcConfiguration
from portal.models.base import now
from portal.organizations.test_reports import Problem
from portal.relying_party import keys
from portal.relying_party.refusals import AnswerRefused, problem
from portal.web.fetch import NotFetched
from portal.web.json import BadJson, read
from portal.words import kept
from wizards import facts

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
TYPES = ("", "jwt")
LARGEST = 65_536
LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Token:
    """What a token says, whether or not that is true: `problems` are those of its signature."""

    header: Mapping[str, object]
    claims: Mapping[str, object]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Expected:
    """What an ID token must fit: our question, and what came beside it."""

    nonce: str
    asked_at: datetime
    code: str = ""
    access_token: str = ""
    skew: timedelta = timedelta()
    domains: tuple[str, ...] = ()


class _Registry(JWSRegistry):
    max_header_length = 8_192  # some providers put their certificate there


def parse(encoded: object, configuration: OidcConfiguration, types: tuple[str, ...] = TYPES) -> Token:
    if not isinstance(encoded, str) or not encoded or len(encoded) > LARGEST:
        raise AnswerRefused(problem("id-token", "no-token", got="nothing" if not encoded else "something else"))
    try:
        token = jws.extract_compact(encoded.encode(), registry=_Registry())
        header, claims = token.headers(), read(token.payload, largest=LARGEST)
    except (JoseError, BadJson, ValueError):
        raise AnswerRefused(problem("id-token", "not-a-token", got="something else than a JWT")) from None
    if str(header.get("typ", "")).casefold() not in types:
        raise AnswerRefused(problem("id-token", "another-token", got=header.get("typ")))
    return Token(header, claims, tuple(_unsigned(token, configuration)))


def _unsigned(token: CompactSignature, configuration: OidcConfiguration) -> Iterator[Problem]:
    algorithm, kid = token.headers().get("alg"), token.headers().get("kid")
    allowed = [one for one in configuration.algorithms if one in ALGORITHMS]
    if algorithm not in allowed:
        yield problem("algorithm", "not-allowed", expected=", ".join(allowed), got=algorithm)
        return
    try:
        candidates = keys.of(configuration.jwks_uri, kid if isinstance(kid, str) else None)
    except NotFetched as failed:
        yield problem("signature", "unreachable", got=kept(failed))
        return
    if not any(_made_by(key, token, str(algorithm)) for key in candidates):
        yield problem("signature", "no-key-fits", expected=f"{len(candidates)} keys", got=kid or "no key id")


def _made_by(key: keys.Key, token: CompactSignature, algorithm: str) -> bool:
    try:
        registry = _Registry(algorithms=[algorithm], strict_check_header=False)
        return jws.validate_compact(token, key, registry=registry)
    except (JoseError, ValueError):
        return False


def problems(token: Token, configuration: OidcConfiguration, expected: Expected) -> Iterator[Problem]:
    """Everything about this ID token that is not as it must be."""
    claims = token.claims
    yield from token.problems
    yield from common_problems(claims, configuration, expected.skew)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject.strip()) <= LONGEST_SUBJECT:
        yield problem("subject", "no-subject", got=subject)
    if not hmac.compare_digest(str(claims.get("nonce") or "").encode(), expected.nonce.encode()):
        yield problem("nonce", "wrong-nonce", got=claims.get("nonce"))
    for name, text in (("at_hash", expected.access_token), ("c_hash", expected.code)):
        if name in claims and not _fits(claims[name], text, token.header.get("alg")):
            yield problem("token-hash", name, got=claims[name])
    yield from _manner(claims, configuration, expected)
    yield from _company(claims, configuration, expected.domains)


def common_problems(
    claims: Mapping[str, object], configuration: OidcConfiguration, skew: timedelta
) -> Iterator[Problem]:
    """What every token of a provider must say: whose it is, for whom, and that it is of now."""
    if claims.get("iss") != configuration.issuer:
        yield problem("issuer", "wrong-issuer", expected=configuration.issuer, got=claims.get("iss"))
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", configuration.client_id if len(named) == 1 else None)
    if configuration.client_id not in named or party != configuration.client_id:
        got = ", ".join(map(str, named)) + (f" (azp {party})" if "azp" in claims else "")
        yield problem("audience", "wrong-audience", expected=configuration.client_id, got=got)
    issued, begins, ends = (_number(claims.get(name)) for name in ("iat", "nbf", "exp"))
    at = now()
    if issued is None or ends is None or ("nbf" in claims and begins is None):
        yield problem("time", "no-times", got="no times")
    elif max(issued, begins or 0) > (at + skew).timestamp() or ends <= (at - skew).timestamp():
        yield problem("time", "not-now", expected=stamp(at.timestamp()), got=f"{stamp(issued)} to {stamp(ends)}")


def _manner(claims: Mapping[str, object], configuration: OidcConfiguration, expected: Expected) -> Iterator[Problem]:
    """How the person was signed in, where the connection asks for something."""
    at = _number(claims.get("auth_time"))
    if configuration.force_authn and (at or 0) < (expected.asked_at - expected.skew).timestamp():
        yield problem("anew", "not-anew", expected=stamp(expected.asked_at.timestamp()), got=stamp(at))
    wanted = configuration.authn_contexts
    if wanted and claims.get("acr") not in wanted:
        yield problem("context", "wrong-context", expected=" or ".join(wanted), got=claims.get("acr"))


def _company(
    claims: Mapping[str, object], configuration: OidcConfiguration, domains: tuple[str, ...]
) -> Iterator[Problem]:
    """An issuer that serves many companies says in a claim which one; it must be a domain that this one has verified."""
    name = facts.company_claim(configuration.issuer)
    if name and str(claims.get(name) or "").casefold() not in domains:
        yield problem(
            "company", "wrong-company", expected=", ".join(domains), got=claims.get(name) or "a private account"
        )


def _fits(found: object, text: str, algorithm: object) -> bool:
    half = create_half_hash(text, str(algorithm))
    return bool(text) and half is not None and hmac.compare_digest(half, str(found).encode())


def _number(value: object) -> float | None:
    """Seconds, if it is a number that can be a time."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**40 else None


def stamp(at: float | None) -> str:
    """A moment for words."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" if at is not None else "no time"
