"""What one configuration says otherwise than another, where at least one of them is of OpenID Connect."""

from collections.abc import Callable

from portal.models import Configuration, OidcConfiguration
from portal.web import differences
from portal.web.differences import Difference
from portal.words import _, noted

NAMES = {"saml": "SAML", "oidc": "OpenID Connect"}


def between(before: Configuration, after: Configuration) -> list[Difference]:
    return differences.between(before, after, SAID)


def _oidc(say: Callable[[OidcConfiguration], str]) -> Callable[[Configuration], str]:
    return lambda one: say(one) if isinstance(one, OidcConfiguration) else ""


SAID: dict[str, Callable[[Configuration], str]] = {
    noted("Protocol"): lambda one: NAMES[one.protocol],
    noted("Issuer"): lambda one: one.issuer,
    noted("Client ID"): _oidc(lambda one: one.client_id),
    noted("Client secret"): _oidc(lambda one: _("given as %(mark)s…", mark=one.secret_mark[:4])),
    noted("Sign-in address"): _oidc(lambda one: one.authorization_endpoint),
    noted("Sign-out address"): lambda one: one.logout_address,
    noted("People are asked anew"): lambda one: _("yes") if one.force_authn else _("no"),
    noted("Methods that count"): lambda one: ", ".join(one.authn_contexts) or _("any"),
}
