"""A client, as Authlib asks about it, and the ways it proves who it is."""

from dataclasses import dataclass

from portal.models import Client
from portal.oidc import tokens
from portal.organizations import applications

AUTHENTICATION = ["client_secret_basic", "client_secret_post", "none"]


@dataclass(frozen=True)
class Program:
    """A client, as Authlib asks about it."""

    row: Client

    def get_client_id(self) -> str:
        return str(self.row.id)

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(one for one in dict.fromkeys((scope or "").split()) if one in tokens.SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.row.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return applications.knows_secret(self.row, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") is self.row.public

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")
