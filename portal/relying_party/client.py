"""A connection and one version of its configuration, as its OpenID provider knows us."""

from dataclasses import dataclass, field
from datetime import timedelta

from authlib.integrations.requests_client import OAuth2Session

from portal.models import Connection, ConnectionConfiguration, OidcConfiguration
from portal.organizations import domains, logins
from portal.organizations.secrets import decrypt
from portal.relying_party.talking import Guarded
from portal.settings import current


@dataclass(frozen=True)
class Client:
    """All that is needed while the provider is asked, in plain values: nothing is held in the database meanwhile."""

    configuration: OidcConfiguration
    callback_url: str
    skew: timedelta
    domains: tuple[str, ...]
    secret: str = field(repr=False)

    def session(self) -> OAuth2Session:
        """Authlib's, speaking through the guard; nothing of this machine's (proxies, netrc) is added."""
        made = OAuth2Session(
            self.configuration.client_id, self.secret, redirect_uri=self.callback_url, code_challenge_method="S256",
            scope=" ".join(self.configuration.scopes),
            token_endpoint_auth_method=self.configuration.token_auth_method,
        )  # fmt: skip
        made.trust_env = False
        made.mount("https://", Guarded())
        made.mount("http://", Guarded())
        return made


def of(connection: Connection, configuration: ConnectionConfiguration) -> Client:
    oidc = logins.require_protocol(configuration, "oidc").oidc
    return Client(
        configuration=oidc,
        callback_url=connection.callback_url,
        skew=timedelta(seconds=current().saml_clock_skew),
        domains=tuple(name.casefold() for name in domains.verified_names(connection.organization)),
        secret=decrypt(oidc.client_secret),
    )
