"""Reading what an OpenID provider says of itself (OpenID Connect Discovery §4), with findings in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict
from urllib.parse import urlsplit

from portal.models import OidcConfiguration
from portal.organizations.secrets import encrypt, new_secret
from portal.relying_party import keys
from portal.relying_party.id_token import ALGORITHMS
from portal.relying_party.talking import get_json
from portal.settings import current
from portal.web import fetch
from portal.web.fetch import NotFetched
from portal.web.findings import Finding, Level
from portal.words import _
from wizards import facts

WELL_KNOWN = "/.well-known/openid-configuration"
METHODS = ("client_secret_post", "client_secret_basic")  # in the body nothing needs a second encoding
SCOPES = ("openid", "email", "profile")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LONGEST = 500


class Endpoints(TypedDict):
    """Empty where the provider has none."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    end_session_endpoint: str


@dataclass(frozen=True)
class Provider:
    """An OpenID provider as it describes itself, in what we can use; `idp` is which one it looks like."""

    issuer: str
    endpoints: Endpoints
    token_auth_method: str
    algorithms: tuple[str, ...]
    names_itself: bool
    idp: str = ""

    def configuration(self, client_id: str, secret: str) -> OidcConfiguration:
        return OidcConfiguration(
            issuer=self.issuer, client_id=client_id, client_secret=encrypt(secret), secret_mark=new_secret(9),
            token_auth_method=self.token_auth_method, algorithms=self.algorithms, scopes=SCOPES,
            names_itself=self.names_itself, **self.endpoints,
        )  # fmt: skip

    def keeping_secret(self, client_id: str, former: OidcConfiguration) -> OidcConfiguration:
        """With the secret that is held already."""
        made = self.configuration(client_id, "")
        return replace(made, client_secret=former.client_secret, secret_mark=former.secret_mark)


@dataclass(frozen=True)
class Reading:
    """`provider` is None when it cannot be used."""

    provider: Provider | None = None
    findings: tuple[Finding, ...] = ()


class _Unusable(Exception):
    def __init__(self, code: str, words: str, fix: str = "") -> None:
        self.finding = Finding(Level.ERROR, code, words, fix)
        super().__init__(words)


def read(typed: str) -> Reading:
    """Takes an issuer, its discovery address, or a bare host name."""
    found: list[Finding] = []
    try:
        provider = _read(_issuer_of(typed), found)
    except _Unusable as problem:
        return Reading(findings=(problem.finding, *found))
    except NotFetched as problem:
        return Reading(findings=(Finding(Level.ERROR, problem.code, *_unreachable(problem)), *found))
    return Reading(provider, tuple(found))


def _issuer_of(typed: str) -> str:
    text = typed.strip().removesuffix(WELL_KNOWN)
    if not text:
        raise _Unusable("empty", _("There is nothing to look at yet. Type the issuer."))
    if "://" not in text:
        text = f"https://{text}"
    if len(text) > LONGEST or any(one in text for one in " ?#\\"):
        raise _Unusable("not-an-issuer", _("An issuer is one address, without spaces, ? and #."))
    if text.rstrip("/") == current().public_url:
        words = _("This is our own address. Type the address of your identity provider.")
        raise _Unusable("ours", words)
    if facts.vouches_for_anybody(text):
        raise _anybodys()
    return text


def _anybodys() -> _Unusable:
    words = _("This address vouches for the accounts of everybody, not only for those of your company.")
    return _Unusable(
        "anybody", words, _("Type the issuer that is your company’s own: it has the id of your tenant in it.")
    )


def _read(typed: str, found: list[Finding], *, renamed: bool = False) -> Provider:
    document = get_json(f"{typed.rstrip('/')}{WELL_KNOWN}")
    issuer = document.get("issuer")
    if not isinstance(issuer, str) or not issuer or len(issuer) > LONGEST:
        raise _Unusable("no-issuer", _("What is there does not describe an OpenID provider: it names no issuer."))
    if "{" in issuer or facts.vouches_for_anybody(issuer):
        raise _anybodys()
    if issuer.rstrip("/") != typed.rstrip("/"):
        if renamed or urlsplit(issuer).netloc != urlsplit(typed).netloc:
            raise _Unusable(
                "issuer",
                _("The provider at this address calls itself %(issuer)s.", issuer=issuer),
                _("Type exactly that."),
            )
        return _read(issuer, found, renamed=True)  # its own word for itself, asked for once more there
    if issuer != typed or renamed:
        found.append(
            Finding(Level.INFO, "renamed", _("Its proper name is %(issuer)s: that is what we keep.", issuer=issuer))
        )
    return _judged(issuer, document, found)


def _judged(issuer: str, document: Mapping[str, object], found: list[Finding]) -> Provider:
    endpoints = Endpoints(**{name: _address(document, name) for name in Endpoints.__annotations__})  # type: ignore[typeddict-item]
    if missing := [name for name in NEEDED if not endpoints.get(name)]:
        raise _Unusable("incomplete", _("The provider’s description lacks %(missing)s.", missing=", ".join(missing)))
    if "code" not in _listed(document, "response_types_supported", ("code",)):
        raise _Unusable("no-code", _("The provider does not offer the authorization code flow, the only one we use."))
    named = _listed(document, "id_token_signing_alg_values_supported", ("RS256",))
    algorithms = tuple(one for one in ALGORITHMS if one in named)
    if not algorithms:
        raise _Unusable(
            "algorithms",
            _(
                "The provider signs with %(theirs)s; we take %(ours)s.",
                theirs=", ".join(named),
                ours=", ".join(ALGORITHMS),
            ),
        )
    said = _listed(document, "token_endpoint_auth_methods_supported", ("client_secret_basic",))
    method = next((one for one in METHODS if one in said), "")
    if not method:
        raise _Unusable("secret", _("The provider takes no client secret, and a secret is how we prove who we are."))
    if not keys.fetch(endpoints["jwks_uri"]):
        raise _Unusable("no-keys", _("The provider publishes no key that we could check a signature with."))
    found.extend(_remarks(document))
    idp = facts.by_issuer(issuer)
    names_itself = document.get("authorization_response_iss_parameter_supported") is True
    return Provider(issuer, endpoints, method, algorithms, names_itself, idp.id if idp else "")


def _remarks(document: Mapping[str, object]) -> list[Finding]:
    remarks = []
    if "S256" not in _listed(document, "code_challenge_methods_supported", ()):
        words = _(
            "It does not say that it knows PKCE. We use it all the same; many providers know it without saying so."
        )
        remarks.append(Finding(Level.INFO, "pkce", words))
    scopes = _listed(document, "scopes_supported", SCOPES)
    if missing := [scope for scope in SCOPES if scope not in scopes]:
        words = _(
            "It does not list the scope %(scopes)s, so names or e-mail addresses may be missing.",
            scopes=" and ".join(missing),
        )
        remarks.append(Finding(Level.WARNING, "scopes", words, _("The test sign-in will show what arrives.")))
    return remarks


def _address(document: Mapping[str, object], name: str) -> str:
    """An endpoint, held to the same rule as what people type; what is only offered may be missing or wrong."""
    value = document.get(name)
    try:
        fetch.check(value if isinstance(value, str) else "")
    except NotFetched:
        return ""
    return str(value) if len(str(value)) <= LONGEST else ""


def _listed(document: Mapping[str, object], name: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    value = document.get(name)
    return tuple(map(str, value[:100])) if isinstance(value, list) else usual


def _unreachable(problem: NotFetched) -> tuple[str, str]:
    if problem.code in ("status", "not-json"):
        words = _("There is no description of an OpenID provider at this address. %(problem)s", problem=problem)
        return words, _(
            "It must be found below the issuer, at %(path)s. Compare the issuer letter by letter.", path=WELL_KNOWN
        )
    return str(problem), ""
