"""The report of a test sign-in: every check of the catalogue, what was expected, what came, and where to mend it."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from portal.models.base import now
from portal.organizations.test_reports import Report, Setting, Values, Verdict, line
from portal.relying_party import identity
from portal.relying_party.answering import Seen
from portal.relying_party.client import Client
from portal.words import noted
from wizards import checks
from wizards.checks import Check, Level

BEFORE_TOKEN = ("came-back", "status", "response-issuer")
Look = Callable[[Seen, Client, Setting], tuple[bool, str, str]]


def write(seen: Seen, us: Client, setting: Setting) -> Report:
    values, asked = _values(seen, us, setting), checks.load("oidc").values()
    lines = tuple(line(check, _verdict(check, seen, us, setting), values) for check in asked)
    failed = any(one.ok is False and one.level == Level.ERROR for one in lines)
    attributes = identity.attributes_of(seen.claims)
    return Report(
        passed=seen.person is not None and not failed,
        lines=lines,
        attributes={name: list(found) for name, found in attributes.items()},
        suggestions=_suggestions(attributes),
        name_id=str(seen.claims.get("sub") or "")[:255],
        email=_email(seen),
        clock_seconds=_clock(seen),
        facts=_made(seen, us),
        claims=json.dumps(seen.claims, indent=2, ensure_ascii=False, sort_keys=True) if seen.claims else "",
    )


def _verdict(check: Check, seen: Seen, us: Client, setting: Setting) -> Verdict:
    if found := seen.problems.get(check.id) or seen.remarks.get(check.id):
        return Verdict(False, found.expected, found.got)
    if check.id in LOOKS:
        return Verdict(*LOOKS[check.id](seen, us, setting)) if seen.person else Verdict(None)
    if check.id in BEFORE_TOKEN:
        stopped = "response-issuer" in seen.problems and check.id == "status"
        return Verdict(None if stopped else True)
    if check.id == "client":
        return Verdict(True if seen.tokens else None)
    if check.id == "userinfo":
        return Verdict(True if seen.person else None)
    return Verdict(True if seen.token else None)


def _address(seen: Seen, us: Client, setting: Setting) -> tuple[bool, str, str]:
    return bool(_email(seen)), us.configuration.mapping.get("email") or "email", ""


def _verified(seen: Seen, _: Client, __: Setting) -> tuple[bool, str, str]:
    doubted = seen.person.doubted_email if seen.person else ""
    return not doubted, "true", doubted


def _domain(seen: Seen, _: Client, setting: Setting) -> tuple[bool, str, str]:
    domain = _email(seen).rpartition("@")[2].lower()
    return (
        domain in setting.domains,
        ", ".join(setting.domains) or noted("any verified domain (there is none yet)"),
        domain,
    )


def _same_person(seen: Seen, _: Client, setting: Setting) -> tuple[bool, str, str]:
    got = _email(seen)
    return not setting.tester or got.casefold() == setting.tester.casefold(), setting.tester, got


def _names(seen: Seen, _: Client, __: Setting) -> tuple[bool, str, str]:
    person = seen.person
    if person is None or person.display_name:
        return True, "", ""
    missing = [name for name in ("given_name", "family_name") if not getattr(person, name)]
    return not missing, noted("given and family name"), ", ".join(missing)


LOOKS: dict[str, Look] = {
    "email": _address, "email-verified": _verified, "domain": _domain, "same-person": _same_person, "attributes": _names,
}  # fmt: skip


def _email(seen: Seen) -> str:
    return (seen.person.email or seen.person.doubted_email) if seen.person else ""


def _values(seen: Seen, us: Client, setting: Setting) -> Values:
    """What the texts of the catalogue may name."""
    return setting.words | {
        "idp_host": urlsplit(us.configuration.authorization_endpoint).hostname,
        "issuer": us.configuration.issuer,
        "callback_url": us.callback_url,
        "now": f"{now():%Y-%m-%dT%H:%M:%SZ}",
        "attribute_names": ", ".join(identity.attributes_of(seen.claims)) or "none",
        "wanted": us.configuration.mapping.get("email") or "email",
    }


def _made(seen: Seen, us: Client) -> dict[str, str]:
    """How the answer was made, for whoever helps."""
    if seen.token is None:
        return {}
    header = seen.token.header
    facts = {
        noted("Issuer"): us.configuration.issuer,
        noted("Signed with"): header.get("alg"),
        noted("Key"): header.get("kid"),
    }
    return {name: str(value)[:200] for name, value in facts.items() if value}


def _suggestions(attributes: identity.Attributes) -> dict[str, str]:
    """For each of our fields the claim it would be read from, by the names every provider uses."""
    found = {name: identity.source(name, attributes, {}) for name in identity.FIELDS}
    return {name: claim for name, claim in found.items() if claim}


def _clock(seen: Seen) -> int | None:
    """How many seconds the provider's clock is ahead of ours, as well as one answer can tell."""
    issued = seen.claims.get("iat")
    return round(issued - now().timestamp()) if isinstance(issued, int) and 0 < issued < 2**40 else None
