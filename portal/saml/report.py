"""The report of a test sign-in: every check of the catalogue, what was expected, what came, and where to mend it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from portal.models.base import now
from portal.saml import certificates, identity, postchecks, redaction
from portal.saml.certificates import UnreadableCertificate
from portal.saml.inspection import Inspection
from portal.saml.parties import ServiceProvider
from portal.saml.redaction import redacted
from portal.saml.refusals import ResponseRefused
from wizards import checks
from wizards.checks import Check, Level
from wizards.filling import fill

LONGEST_KEPT = 300_000  # characters: all that a response may have
Values = dict[str, object]


@dataclass(frozen=True)
class Setting:
    """What the report needs to know besides the response: the console's words, the organization's domains, the tester."""

    idp: str
    labels: Mapping[str, str]
    domains: tuple[str, ...]
    tester: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Line:
    """One check answered: `ok` is None where there was nothing to ask."""

    id: str
    ask: str
    level: str
    ok: bool | None
    words: str = ""
    expected: str = ""
    got: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Report:
    passed: bool
    lines: tuple[Line, ...]
    attributes: dict[str, list[str]] = field(default_factory=dict)
    suggestions: dict[str, str] = field(default_factory=dict)
    name_id: str = ""
    name_id_format: str = ""
    email: str = ""
    clock_seconds: int | None = None
    facts: dict[str, str] = field(default_factory=dict)
    xml: str = ""
    raw: str = ""

    def dump(self) -> dict[str, object]:
        return asdict(self) | {"lines": [asdict(line) for line in self.lines]}


def write(seen: Inspection, provider: ServiceProvider, setting: Setting) -> Report:
    values = _values(seen, provider, setting)
    lines = tuple(_line(check, seen, provider, setting, values) for check in checks.load().values())
    failed = any(line.ok is False and line.level == Level.ERROR for line in lines)
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


def _line(check: Check, seen: Inspection, provider: ServiceProvider, setting: Setting, values: Values) -> Line:
    expected, got, ok = "", "", None
    if problem := seen.problems.get(check.id):
        expected, got, ok = problem.expected, problem.got, False
    elif check.id in LOOKS and seen.answer:
        ok, expected, got = LOOKS[check.id](seen, provider, setting)
    elif check.id == "came-back" or seen.answer:
        ok = True
    if ok is not False:
        return Line(check.id, check.ask, check.level, ok)
    values = values | {"expected": expected, "got": got or "nothing", "missing": got}
    words, fix = fill(check.fail, values), fill(check.advice(got), values)
    return Line(check.id, check.ask, check.level, ok, words, expected, got, fix)


Look = Callable[[Inspection, ServiceProvider, Setting], tuple[bool, str, str]]


def _email(seen: Inspection, provider: ServiceProvider, _: Setting) -> tuple[bool, str, str]:
    return bool(seen.person and seen.person.email), provider.mapping.get("email", "email"), ""


def _domain(seen: Inspection, _: ServiceProvider, setting: Setting) -> tuple[bool, str, str]:
    email = seen.person.email if seen.person else ""
    domain = email.rpartition("@")[2].lower()
    return domain in setting.domains, ", ".join(setting.domains) or "any verified domain (there is none yet)", domain


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
    return not missing, "given and family name", ", ".join(name.replace("_", " ") for name in missing)


def _repeated(seen: Inspection, _: ServiceProvider, __: Setting) -> tuple[bool, str, str]:
    repeated = identity.repeated_attributes(seen.answer) if seen.answer else []
    return not repeated, "", ", ".join(repeated)


def _certificate_life(_: Inspection, provider: ServiceProvider, __: Setting) -> tuple[bool, str, str]:
    try:
        ends = max(key.not_after for pem in provider.certificates for key in certificates.read(pem))
    except (UnreadableCertificate, ValueError):
        return False, "", "a day that cannot be read"
    return ends > now() + timedelta(days=30), "more than 30 days", f"{ends:%d %B %Y}"


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
    return {
        "idp": setting.idp,
        "idp_host": urlsplit(provider.sso_url).hostname,
        "minutes": setting.minutes,
        "not_before": seen.found("saml:Conditions", "NotBefore"),
        "not_on_or_after": seen.found("saml:Conditions", "NotOnOrAfter"),
        "now": f"{now():%Y-%m-%dT%H:%M:%SZ}",
        "attribute_names": ", ".join(seen.attributes) or "no attributes",
        "wanted": provider.mapping.get("email") or "email",
        "got_fingerprint": _tail(seen.key_shown) if seen.key_shown else "",
        "expected_fingerprint": " or …".join(filter(None, ours)),
        **{f"label.{name}": label for name, label in setting.labels.items()},
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
