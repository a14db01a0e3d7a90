"""What one configuration of an IdP says otherwise than another, in words for whoever switches it on."""

from collections.abc import Callable

from portal.models import SamlConfiguration
from portal.saml import certificates
from portal.saml.certificates import UnreadableCertificate
from portal.web import differences
from portal.web.differences import Difference
from portal.words import _, noted


def between(before: SamlConfiguration, after: SamlConfiguration) -> list[Difference]:
    return differences.between(before, after, SAID)


def _tails(configuration: SamlConfiguration) -> str:
    try:
        found = certificates.read("\n".join(configuration.certificates))
    except UnreadableCertificate:
        return _("%(num)s that cannot be read", num=len(configuration.certificates))
    return ", ".join(sorted(f"…{key.tail}" for key in found))


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


SAID: dict[str, Callable[[SamlConfiguration], str]] = {
    noted("Entity ID"): lambda one: one.entity_id,
    noted("Sign-in address"): lambda one: one.sso_url,
    noted("Requests are sent by"): lambda one: one.sso_binding.rpartition(":")[2],
    noted("Certificates"): _tails,
    noted("Sign-out address"): lambda one: one.slo_url,
    noted("Requests are signed"): lambda one: _yes(one.sign_requests),
    noted("CBC encryption"): lambda one: _yes(one.allow_cbc),
    noted("People are asked anew"): lambda one: _yes(one.force_authn),
    noted("Methods that count"): lambda one: ", ".join(one.authn_contexts) or _("any"),
}
