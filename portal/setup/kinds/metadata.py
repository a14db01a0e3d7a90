"""The IdP's own details: one box that takes an address, XML or a certificate, a file, or three fields by hand."""

from collections.abc import Mapping
from datetime import datetime

from flask import render_template, request
from markupsafe import Markup

from portal.models import SamlConfiguration
from portal.organizations import connections
from portal.organizations.refusals import NoConfiguration
from portal.saml import certificates
from portal.saml.certificates import UnreadableCertificate
from portal.setup import imports, visitor
from portal.setup.imports import Import
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo
from portal.web.findings import Level
from portal.words import _, _l
from wizards.choices import LabelKey, MetadataForm
from wizards.saying import Said

BY_HAND = {
    "sso_url": (LabelKey.IDP_SSO_URL, _l("Sign-in address (SSO URL)")),
    "entity_id": (LabelKey.IDP_ENTITY_ID, _l("Entity ID (issuer)")),
    "certificate": (LabelKey.IDP_CERT, _l("Signing certificate")),
}
NOTHING = dict.fromkeys(imports.FIELDS, "")


class ImportingMetadata(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        seen = redo.given.get("import") if redo else None
        seen = seen if isinstance(seen, Import) else None
        form = render_template(
            "setup/slots/_metadata_form.html", place=place, seen=seen, given=seen.given if seen else NOTHING,
            held=held(place), labels=_labels(place), url=MetadataForm.URL in place.step.accept,
            manual=MetadataForm.MANUAL in place.step.accept,
        )  # fmt: skip
        return {"metadata_form": Markup(form)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=place.seen.target is not None, label=_("Keep what is there and continue"), primary=False)

    def submit(self, place: Place) -> Redo | None:
        """Continue without anything new keeps what was brought before."""
        seen = imports.take(place)
        if seen.empty and place.seen.target:
            return None
        found = seen.configuration
        if found is None:
            return Redo(_said(seen), {"import": seen})
        if seen.doubts and not request.form.get("keep"):
            return Redo((), {"import": seen})
        connection = place.seen.connection
        if connection is None:
            raise NoConfiguration(_("Choose your identity provider for sign-in first."))
        if place.seen.target is None or place.seen.target.configuration.hash != found.hash:
            connections.stage(connection, found, by=visitor.here().actor)
        return None


def held(place: Place) -> list[tuple[str, SamlConfiguration, list[tuple[str, datetime]]]]:
    """What we hold already: (state, configuration, certificates with their ends)."""
    connection = place.seen.connection
    rows = (
        [(_("Waiting to be switched on"), connection.candidate), (_("In force"), connection.live)] if connection else []
    )
    return [(words, row.saml, _ends(row.saml)) for words, row in rows if row and row.protocol == "saml"]


def _ends(configuration: SamlConfiguration) -> list[tuple[str, datetime]]:
    try:
        keys = [key for pem in configuration.certificates for key in certificates.read(pem)]
    except UnreadableCertificate:
        return []
    return [(key.tail, key.not_after) for key in keys]


def _said(seen: Import) -> tuple[str, ...]:
    return tuple(finding.words for finding in seen.findings if finding.level is Level.ERROR)


def _labels(place: Place) -> dict[str, Said]:
    """The console's own words for the three fields."""
    keys = {name: place.step.manual_labels.get(name, key) for name, (key, words) in BY_HAND.items()}
    return {name: place.wizard.labels_here.get(key) or Said(str(BY_HAND[name][1]), "") for name, key in keys.items()}
