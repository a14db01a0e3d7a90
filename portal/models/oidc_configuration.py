"""What we know of an organization's OpenID provider: one version of a connection's configuration."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar

UNPROVED = ("mapping", "client_secret", "end_session_endpoint")


@dataclass(frozen=True)
class OidcConfiguration:
    """The provider's own word of itself (OpenID Connect Discovery §3) and our client there. `client_secret` is sealed;
    `secret_mark` changes with every secret given, so that a test proves exactly this one."""

    protocol: ClassVar[str] = "oidc"
    certificates: ClassVar[tuple[str, ...]] = ()  # its keys are fetched when they are needed
    metadata_url: ClassVar[str] = ""
    needs_key: ClassVar[bool] = False

    issuer: str
    client_id: str
    client_secret: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    secret_mark: str = ""
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_auth_method: str = "client_secret_basic"
    algorithms: tuple[str, ...] = ("RS256",)
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    names_itself: bool = False  # its answers carry `iss` (RFC 9207)
    force_authn: bool = False
    authn_contexts: tuple[str, ...] = ()
    mapping: dict[str, str] = field(default_factory=dict)

    @property
    def logout_address(self) -> str:
        return self.end_session_endpoint

    @property
    def hash(self) -> str:
        """Names exactly what a test proves; see `SamlConfiguration.hash`."""
        proved = {name: value for name, value in asdict(self).items() if value and name not in UNPROVED}
        return hashlib.sha256(json.dumps(proved | {"protocol": self.protocol}, sort_keys=True).encode()).hexdigest()

    def keeping(self, former: object) -> "OidcConfiguration":
        """With what the admin had chosen: a provider's document says nothing of it."""
        if not isinstance(former, OidcConfiguration):
            return self
        return replace(
            self,
            mapping=self.mapping or former.mapping,
            force_authn=self.force_authn or former.force_authn,
            authn_contexts=self.authn_contexts or former.authn_contexts,
        )

    @classmethod
    def load(cls, body: dict[str, object]) -> "OidcConfiguration":
        known = {name: value for name, value in body.items() if name in cls.__dataclass_fields__}
        for name in TUPLES & set(known):
            known[name] = tuple(known[name])  # type: ignore[arg-type]
        return cls(**known)  # type: ignore[arg-type]

    def dump(self) -> dict[str, object]:
        return asdict(self) | {name: list(getattr(self, name)) for name in TUPLES}


TUPLES = {"algorithms", "scopes", "authn_contexts"}
