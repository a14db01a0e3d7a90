"""The OpenID provider's details: its issuer, and the client ID and secret it gave us; looked at while they are typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from markupsafe import Markup

from portal.extensions import db
from portal.models import OidcConfiguration
from portal.organizations import connections
from portal.organizations.refusals import NoConfiguration
from portal.relying_party import discovery
from portal.relying_party.discovery import Provider, Reading
from portal.setup import guides, visitor
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo
from portal.web.findings import Finding, Level
from portal.words import _
from wizards.choices import LabelKey
from wizards.definition import Wizard
from wizards.saying import Said

FIELDS = ("issuer", "client_id", "client_secret")
SHOWN = ("issuer", "client_id")  # a secret is never shown again
LONGEST = 500


@dataclass(frozen=True)
class Given:
    """What was typed, and what is found there; `other` is the guide that this issuer asks for instead."""

    reading: Reading
    typed: Mapping[str, str]
    other: Wizard | None = None

    @property
    def provider(self) -> Provider | None:
        return self.reading.provider

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.reading.findings

    @property
    def doubts(self) -> bool:
        """Another guide fits better: a word from the person is needed before we go on."""
        return self.other is not None


class InputtingClient(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        given = redo.given.get("client") if redo else None
        given = given if isinstance(given, Given) else None
        present = held(place)
        typed = given.typed if given else {name: getattr(present, name) if present else "" for name in SHOWN}
        form = render_template(
            "setup/slots/_client_form.html", place=place, seen=given, given=typed, held=present, labels=_labels(place)
        )
        return {"client_form": Markup(form)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=place.seen.target is not None, label=_("Keep what is there and continue"), primary=False)

    def submit(self, place: Place) -> Redo | None:
        """Without a word anew keeps what was brought before; without a new secret keeps the old one."""
        typed, present = _typed(), held(place)
        if present and not any(typed.values()):
            return None
        given = look(place)
        problems = [one.words for one in given.findings if one.level is Level.ERROR] or _missing(place, given)
        if given.provider is None or problems:
            return Redo(tuple(problems), {"client": given})
        if given.doubts and not request.form.get("keep"):
            return Redo((), {"client": given})
        if place.seen.connection is None:
            raise NoConfiguration(_("Choose your identity provider for sign-in first."))
        wanted = _configuration(given.provider, typed, present)
        if present is None or present.hash != wanted.keeping(present).hash:
            connections.stage(place.seen.connection, wanted, by=visitor.here().actor)
        return None


def look(place: Place) -> Given:
    """Asks the provider; changes nothing."""
    typed = _typed()
    db.session.rollback()  # nothing is held in the database while somebody else's server is asked
    reading = discovery.read(typed["issuer"])
    other = guides.of_issuer(reading.provider.issuer) if reading.provider else None
    expected = place.step.expect_idp
    return Given(reading, typed, other if other and expected and other.id != place.wizard.id else None)


def held(place: Place) -> OidcConfiguration | None:
    return place.seen.target.oidc if place.seen.target else None


def _configuration(
    provider: Provider, typed: Mapping[str, str], present: OidcConfiguration | None
) -> OidcConfiguration:
    secret = typed["client_secret"]
    if secret or present is None:
        return provider.configuration(typed["client_id"], secret)
    return provider.keeping_secret(typed["client_id"], present)


def _missing(place: Place, given: Given) -> list[str]:
    """The secret held goes to the provider it was given for and to no other, whoever changes the issuer."""
    labels, present, typed = _labels(place), held(place), given.typed
    wanted = [] if typed["client_id"] else [_("Copy the %(label)s and paste it here.", label=labels["client_id"])]
    found = (given.provider.issuer if given.provider else "", typed["client_id"])
    same = present is not None and (present.issuer, present.client_id) == found
    if not typed["client_secret"] and not same:
        wanted.append(_("Copy the %(label)s and paste it here.", label=labels["client_secret"]))
    return wanted


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:LONGEST] for name in FIELDS}


def _labels(place: Place) -> dict[str, Said]:
    """The console's own words for the three fields."""
    return {name: place.wizard.labels_here[LabelKey(name)] for name in FIELDS}
