"""What somebody gave us of their IdP, read and judged against the guide they are in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from flask import request

from portal.models import SamlConfiguration
from portal.saml import differences, metadata
from portal.saml.metadata import IdpMetadata, Reading
from portal.setup import guides
from portal.setup.places import Place
from portal.web.differences import Difference
from portal.web.findings import Finding, Level
from portal.words import _
from wizards.definition import Wizard

FIELDS = ("source", "choose", "entity_id", "sso_url", "certificate")
LONGEST = 1_048_576


@dataclass(frozen=True)
class Import:
    """`other` is the guide that this metadata asks for instead; `doubts` need a word from the person before we go on."""

    reading: Reading
    given: Mapping[str, str]
    doubts: tuple[Finding, ...] = ()
    other: Wizard | None = None
    live: SamlConfiguration | None = None

    @property
    def metadata(self) -> IdpMetadata | None:
        return self.reading.metadata

    @property
    def configuration(self) -> SamlConfiguration | None:
        return self.metadata.configuration(self.reading.url) if self.metadata else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.doubts + tuple(one for one in self.reading.findings if one.code != "recognised")

    @property
    def changes(self) -> list[Difference]:
        """What is live now and would be otherwise."""
        live = self.live
        return differences.between(live, self.configuration.keeping(live)) if live and self.configuration else []

    @property
    def empty(self) -> bool:
        return not any(self.given.values())


def take(place: Place) -> Import:
    """From the form: an address, a file, a paste, or three fields."""
    given = given_in_form()
    return judge(place, read(given), given)


def given_in_form() -> dict[str, str]:
    given = {name: request.form.get(name, "").strip()[:LONGEST] for name in FIELDS}
    upload = request.files.get("file")
    if upload and upload.filename:
        given["source"] = upload.stream.read(LONGEST + 1).decode("utf-8", "replace")
    return given


def judge(place: Place, reading: Reading, given: Mapping[str, str]) -> Import:
    found = reading.metadata
    other = guides.recognised(found.entity_id, found.sso_url) if found else None
    expected = place.step.expect_idp
    other = other if other and expected and other.id != place.wizard.id else None
    row = place.seen.connection.live if place.seen.connection else None
    live = row.saml if row and row.protocol == "saml" else None
    return Import(_with_pattern(place, reading), given, tuple(_doubts(place, reading, other)), other, live)


def read(given: Mapping[str, str]) -> Reading:
    if not given["source"] and any(given[name] for name in ("entity_id", "sso_url", "certificate")):
        return metadata.by_hand(given["entity_id"], given["sso_url"], given["certificate"])
    reading = metadata.read(given["source"], choose=given["choose"])
    if reading.url:
        return metadata.read_address(reading.url, choose=given["choose"])
    if reading.certificates and not reading.metadata:
        return _with_certificate(reading, given)
    return reading


def _with_certificate(reading: Reading, given: Mapping[str, str]) -> Reading:
    """A certificate alone is a third of what is needed."""
    words = _("This is a certificate. Two more values are needed: fill in the other fields under “Enter by hand”.")
    if given["entity_id"] and given["sso_url"]:
        return metadata.by_hand(given["entity_id"], given["sso_url"], given["source"])
    return Reading(findings=(Finding(Level.ERROR, "certificate-only", words), *reading.findings))


def _with_pattern(place: Place, reading: Reading) -> Reading:
    """An address that held no metadata: what one looks like at this provider."""
    known = guides.known(place.wizard.id)
    pattern = known.metadata.url_pattern if known else ""
    if reading.metadata or reading.choices or not reading.url or not pattern:
        return reading
    words = _("At %(idp)s the address looks like %(pattern)s", idp=place.wizard.name, pattern=pattern)
    return replace(reading, findings=(*reading.findings, Finding(Level.INFO, "address-pattern", words)))


def _doubts(place: Place, reading: Reading, other: Wizard | None) -> list[Finding]:
    found = []
    if other:
        words = _(
            "This looks like %(other)s, and you are in the guide for %(idp)s.",
            other=other.name,
            idp=_(place.wizard.name),
        )
        fix = _("Switch the guide, or keep this one if you know better.")
        found.append(Finding(Level.WARNING, "another-idp", words, fix))
    query = parse_qs(urlsplit(reading.url).query)
    missing = [name for name in place.step.require_query if reading.url and name not in query]
    if missing:
        words = _("The address has no “%(part)s=…”, so it may hold other keys than those of your app.", part=missing[0])
        known = guides.known(place.wizard.id)
        trap = known.metadata.trap if known else ""
        fix = _(trap) if trap else _("Copy the address from the app itself.")
        found.append(Finding(Level.WARNING, "missing-query", words, fix))
    return found
