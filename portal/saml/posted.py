"""What a browser brought to the ACS, and whom that must be for."""

from dataclasses import dataclass

from portal.models import Connection, ConnectionConfiguration
from portal.saml import providers
from portal.saml.parties import ServiceProvider


@dataclass(frozen=True)
class Post:
    """What a browser brought to the ACS; `elsewhere` is its address where it is that of another product: cookies that are set
    there do not reach us."""

    encoded: str
    relay_state: str
    browser: str
    elsewhere: str = ""

    def judged(self, connection: Connection, configuration: ConnectionConfiguration) -> ServiceProvider:
        """Whom this must be for."""
        provider = providers.provider_of(connection, configuration)
        return providers.where_it_came(provider, self.elsewhere or connection.acs_url)
