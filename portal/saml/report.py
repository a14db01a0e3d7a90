"""The report of a test sign-in: every check of the catalogue, what was expected, what came, and where to mend it."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from portal.models.base import now
from portal.organizations.test_reports import Report, Setting, Values, Verdict, line
from portal.saml import certificates, identity, postchecks, redaction
from portal.saml.certificates import UnreadableCertificate
from portal.saml.inspection import Inspection
from portal.saml.parties import ServiceProvider
from portal.saml.redaction import redacted
from portal.saml.refusals import ResponseRefused
from portal.words import noted
from wizards import checks
from wizards.checks import Check, Level

LONGEST_KEPT = 300_000  # characters: all that a response may have


def write(seen: Inspection, provider: ServiceProvider, setting: Setting) -> Report:
    values = _values(seen, provider, setting)
    asked = checks.load().values()
    lines = tuple(line(check, _verdict(check, seen, provider, setting), values) for check in asked)
    failed = any(one.ok is False and one.level == Level.ERROR for one in lines)
    person = seen.person
    return Report(
        passed=seen.accepted and not failed,
        lines=lines,
        attributes={name: list(found) for name, found in seen.attributes.items()},
        suggestions=_suggestions(seen),
        name_id=seen.found("saml:Subject/saml:NameID").strip(),
        name_id_format=seen.found("saml:Subject/saml:NameID", "Format"),
        email=person.email if person else "",
        clock_seconds=_clock(seen),
        facts=seen.facts(),
        xml=redaction.readable(seen.answer.response, seen.answer.assertion) if seen.answer else redacted(seen.encoded),
        raw=redaction.as_it_came(seen.encoded)[:LONGEST_KEPT],
    )


def _verdict(check: Check, seen: Inspection, provider: ServiceProvider, setting: Setting) -> Verdict:
    if problem := seen.problems.get(check.id):
        return Verdict(False, problem.expected, problem.got)
    if check.id in LOOKS and seen.answer:
        return Verdict(*LOOKS[check.id](seen, provider, setting))
    return Verdict(True if check.id == "came-back" or seen.answer else None)


Look = Callable[[Inspection, ServiceProvider, Setting], tuple[bool, str, str]]


def _email(seen: Inspection, provider: ServiceProvider, _: Setting) -> tuple[bool, str, str]:
    return bool(seen.person and seen.person.email), provider.mapping.get("email", "email"), ""


def _domain(seen: Inspection, _: ServiceProvider, setting: Setting) -> tuple[bool, str, str]:
    email = seen.person.email if seen.person else ""
    domain = email.rpartition("@")[2].lower()
    return (
        domain in setting.domains,
        ", ".join(setting.domains) or noted("any verified domain (there is none yet)"),
        domain,
    )


def _name_format(seen: Inspection, _: ServiceProvider, __: Setting) -> tuple[bool, str, str]:
    accepted = checks.load()["nameid-format"].accept
    got = seen.found("saml:Subject/saml:NameID", "Format").rpartition(":")[2]
    return got in accepted, " or ".join(filter(None, accepted)), got


def _same_person(seen: Inspection, _: ServiceProvider, setting: Setting) -> tuple[bool, str, str]:
    got = seen.person.email if seen.person else ""
    return not setting.tester or got.casefold() == setting.tester.casefold(), setting.tester, got


def _other_attributes(seen: Inspection, provider: ServiceProvider, _: Setting) -> tuple[bool, str, str]:
    wanted = [name for name in ("given_name", "family_name") if not provider.mapping.get("display_name")]
    missing = [name for name in wanted if not identity.source(name, seen.attributes, provider.mapping)]
    if identity.source("display_name", seen.attributes, provider.mapping):
        missing = []
    return not missing, noted("given and family name"), ", ".join(name.replace("_", " ") for name in missing)


def _repeated(seen: Inspection, _: ServiceProvider, __: Setting) -> tuple[bool, str, str]:
    repeated = identity.repeated_attributes(seen.answer) if seen.answer else []
    return not repeated, "", ", ".join(repeated)


def _certificate_life(_: Inspection, provider: ServiceProvider, __: Setting) -> tuple[bool, str, str]:
    try:
        ends = max(key.not_after for pem in provider.certificates for key in certificates.read(pem))
    except (UnreadableCertificate, ValueError):
        return False, "", "a day that cannot be read"
    return ends > now() + timedelta(days=30), noted("more than 30 days"), f"{ends:%d %B %Y}"


LOOKS: dict[str, Look] = {
    "email": _email,
    "domain": _domain,
    "nameid-format": _name_format,
    "same-person": _same_person,
    "attributes": _other_attributes,
    "duplicate-attributes": _repeated,
    "certificate-life": _certificate_life,
}


def _values(seen: Inspection, provider: ServiceProvider, setting: Setting) -> Values:
    """What the texts of the catalogue may name."""
    ours = [_tail(pem) for pem in provider.certificates]
    return setting.words | {
        "idp_host": urlsplit(provider.sso_url).hostname,
        "not_before": seen.found("saml:Conditions", "NotBefore"),
        "not_on_or_after": seen.found("saml:Conditions", "NotOnOrAfter"),
        "now": f"{now():%Y-%m-%dT%H:%M:%SZ}",
        "attribute_names": ", ".join(seen.attributes) or "no attributes",
        "wanted": provider.mapping.get("email") or "email",
        "got_fingerprint": _tail(seen.key_shown) if seen.key_shown else "",
        "expected_fingerprint": " or …".join(filter(None, ours)),
    }


def _tail(text: str) -> str:
    try:
        return certificates.read(text)[0].tail
    except UnreadableCertificate:
        return ""


def _suggestions(seen: Inspection) -> dict[str, str]:
    """For each of our fields the attribute it would be read from, by the names every IdP uses."""
    found = {name: identity.source(name, seen.attributes, {}) for name in identity.FIELDS}
    return {name: attribute for name, attribute in found.items() if attribute}


def _clock(seen: Inspection) -> int | None:
    """How many seconds the IdP's clock is ahead of ours, as well as one answer can tell."""
    if not seen.answer:
        return None
    try:
        issued = postchecks.moment(seen.answer.response.get("IssueInstant"))
    except ResponseRefused:
        return None
    return round((issued - now()).total_seconds()) if issued else None
