"""What one configuration says otherwise than another, where at least one of them is of OpenID Connect."""

from collections.abc import Callable

from portal.models import Configuration, OidcConfiguration
from portal.web import differences
from portal.web.differences import Difference

NAMES = {"saml": "SAML", "oidc": "OpenID Connect"}


def between(before: Configuration, after: Configuration) -> list[Difference]:
    return differences.between(before, after, SAID)


def _oidc(say: Callable[[OidcConfiguration], str]) -> Callable[[Configuration], str]:
    return lambda one: say(one) if isinstance(one, OidcConfiguration) else ""


SAID: dict[str, Callable[[Configuration], str]] = {
    "Protocol": lambda one: NAMES[one.protocol],
    "Issuer": lambda one: one.issuer,
    "Client ID": _oidc(lambda one: one.client_id),
    "Client secret": _oidc(lambda one: f"given as {one.secret_mark[:4]}…"),
    "Sign-in address": _oidc(lambda one: one.authorization_endpoint),
    "Sign-out address": lambda one: one.logout_address,
    "People are asked anew": lambda one: "yes" if one.force_authn else "no",
    "Methods that count": lambda one: ", ".join(one.authn_contexts) or "any",
}
