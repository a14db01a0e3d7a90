"""What one configuration of an IdP says otherwise than another, in words for whoever switches it on."""

from collections.abc import Callable

from portal.models import SamlConfiguration
from portal.saml import certificates
from portal.saml.certificates import UnreadableCertificate
from portal.web import differences
from portal.web.differences import Difference


def between(before: SamlConfiguration, after: SamlConfiguration) -> list[Difference]:
    return differences.between(before, after, SAID)


def _tails(configuration: SamlConfiguration) -> str:
    try:
        found = certificates.read("\n".join(configuration.certificates))
    except UnreadableCertificate:
        return f"{len(configuration.certificates)} that cannot be read"
    return ", ".join(sorted(f"…{key.tail}" for key in found))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


SAID: dict[str, Callable[[SamlConfiguration], str]] = {
    "Entity ID": lambda one: one.entity_id,
    "Sign-in address": lambda one: one.sso_url,
    "Requests are sent by": lambda one: one.sso_binding.rpartition(":")[2],
    "Certificates": _tails,
    "Sign-out address": lambda one: one.slo_url,
    "Requests are signed": lambda one: _yes(one.sign_requests),
    "CBC encryption": lambda one: _yes(one.allow_cbc),
    "People are asked anew": lambda one: _yes(one.force_authn),
    "Methods that count": lambda one: ", ".join(one.authn_contexts) or "any",
}
