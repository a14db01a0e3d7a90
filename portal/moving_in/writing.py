"""Making one organization of an export true here, in one transaction: what is there already stays as it is.

Everything goes through the verbs; what a verb refuses is told in its words and the rest goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from portal.extensions import db
from portal.models import AliasKind, Connection, Directory, Mode, Organization, SamlConfiguration
from portal.moving_in import shape
from portal.moving_in.report import Part
from portal.organizations import aliases, connections, directories, domains, organizations, tokens
from portal.organizations.actors import OPERATOR
from portal.organizations.newcomers import Outcome
from portal.organizations.refusals import Refused
from portal.organizations.secrets import digest
from portal.saml import metadata
from wizards.facts import UNKNOWN

KNOWN = "It came before."
LONGEST_ID = 400


class Writer:
    """`source` is the product; ids of its objects count within it."""

    def __init__(self, source: str, *, verified: bool = False) -> None:
        self.source, self.verified, self.dry_run = source, verified, False

    def organization(self, one: shape.Organization, part: Part) -> Organization:
        """The organization itself and its domains; raises `Refused` where there can be none."""
        organization = self.known(one)
        if organization is None:
            organization = organizations.create(one.name[:100], by=OPERATOR)
            aliases.add(organization, AliasKind.ORGANIZATION, self._id(one.id), by=OPERATOR)
            part.say(Outcome.CREATED, "organization", one.name)
        else:
            part.say(Outcome.SKIPPED, "organization", one.name, KNOWN)
        part.id = str(organization.id)
        here = {domain.name for domain in domains.listed(organization)}
        for domain in one.domains:
            with _refusals(part, "domain", domain.name):
                self._domain(organization, domain, here, part)
        return organization

    def known(self, one: shape.Organization) -> Organization | None:
        value = self._id(one.id)
        alias = aliases.named(AliasKind.ORGANIZATION, [value]).get(value)
        return db.session.get(Organization, alias.organization_id) if alias else None

    def directory(self, one: shape.Directory) -> Directory | None:
        """The one that came from this."""
        value = self._id(one.id)
        alias = aliases.named(AliasKind.DIRECTORY, [value]).get(value)
        return directories.get(alias.directory_id) if alias and alias.directory_id else None

    def connections(self, organization: Organization, one: shape.Organization, part: Part) -> None:
        for connection in one.connections:
            with _refusals(part, "connection", connection.name or connection.id):
                self._connection(organization, connection, part)

    def directories(self, organization: Organization, one: shape.Organization, part: Part) -> None:
        """In shadow, until their people are there."""
        for directory in one.directories:
            with _refusals(part, "directory", directory.name or directory.id):
                self._directory(organization, directory, part)

    def _domain(self, organization: Organization, one: shape.Domain, here: set[str], part: Part) -> None:
        name = domains.normalize(one.name)
        if name in here:
            part.say(Outcome.SKIPPED, "domain", name, KNOWN)
            return
        domain = domains.claim(organization, name, by=OPERATOR)
        if one.verified or self.verified:
            domains.verify_by_staff(domain, by=OPERATOR)
        part.say(Outcome.CREATED, "domain", name, "" if domain.verified else "Claimed; it counts once it is verified.")

    def _connection(self, organization: Organization, one: shape.Connection, part: Part) -> None:
        name, value = one.name or one.id, self._id(one.id)
        if value in aliases.named(AliasKind.CONNECTION, [value]):
            part.say(Outcome.SKIPPED, "connection", name, KNOWN)
            return
        if one.problem:
            part.say(Outcome.REFUSED, "connection", name, one.problem)
            return
        configuration, idp, problem = _configuration(one)
        connection = connections.create(organization, idp, by=OPERATOR, name=name)
        aliases.add(connection, AliasKind.CONNECTION, value, by=OPERATOR)
        said = [problem, *self._names(connection, one)]
        if configuration:
            connections.put(connection, configuration, by=OPERATOR)
            if one.live:
                connections.go_live(connection, by=OPERATOR)
            said.append(_about(configuration, live=one.live))
        part.say(Outcome.CREATED, "connection", name, " ".join(filter(None, said)))

    def _names(self, connection: Connection, one: shape.Connection) -> Iterator[str]:
        """What the IdP goes on saying; without both, it has to be told our own."""
        issuer = one.idp_entity_id if one.shares_address else ""
        for kind, value, words in (
            (AliasKind.ENTITY_ID, one.entity_id, "entity id"),
            (AliasKind.ACS, one.acs_url, "ACS address"),
        ):
            if not value:
                yield f"Nobody says which {words} the identity provider has; it must be given ours."
                continue
            yield from _added(connection, kind, value, issuer, words)

    def _directory(self, organization: Organization, one: shape.Directory, part: Part) -> None:
        name, value = one.name or one.id, self._id(one.id)
        if self.directory(one):
            part.say(Outcome.SKIPPED, "directory", name, KNOWN)
            return
        if one.problem:
            part.say(Outcome.REFUSED, "directory", name, one.problem)
            return
        directory = directories.create(organization, one.idp or UNKNOWN, by=OPERATOR, name=name)
        aliases.add(directory, AliasKind.DIRECTORY, value, by=OPERATOR)
        part.say(Outcome.CREATED, "directory", name, " ".join(self._words(directory, one)))

    def _words(self, directory: Directory, one: shape.Directory) -> Iterator[str]:
        if not one.live:
            yield "It was switched off there, and waits here."
        elif not one.users:
            yield "The export does not say who is in it: it listens, and waits for somebody to look and switch it on."
        if one.base_url:
            yield from _added(directory, AliasKind.SCIM, one.base_url, "", "SCIM address")
        else:
            yield "Nobody says which SCIM address the identity provider has; it must be given ours."
        if not one.secret:
            id = "DIRECTORY" if self.dry_run else directory.id
            yield f"Its token is not in the export: make one with `flask directory token {id}`."
            return
        try:
            tokens.bring(directory, one.secret, by=OPERATOR, name="From before")
        except Refused as refused:
            yield str(refused)

    def _id(self, id: str) -> str:
        """As it is kept."""
        written = quote(id, safe="|/:@")
        return f"{self.source}:{written if len(written) <= LONGEST_ID else digest(id)}"


def go_live(directory: Directory, one: shape.Directory) -> None:
    """Once its people are there, for whoever is not in a live directory does not come in; one that somebody here has switched
    meanwhile stays as it is."""
    if one.live and one.users and directory.mode is Mode.SHADOW and directory.live_at is None:
        directories.set_mode(directory, Mode.LIVE, by=OPERATOR)


def _added(owner: Connection | Directory, kind: AliasKind, value: str, issuer: str, words: str) -> Iterator[str]:
    try:
        aliases.add(owner, kind, value, by=OPERATOR, issuer=issuer)
    except Refused as refused:
        yield f"The {words} {value[:200]} cannot be kept: {refused}"


def _configuration(one: shape.Connection) -> tuple[SamlConfiguration | None, str, str]:
    """What is known of the IdP, the guide for it, and what is missing."""
    if not (one.metadata or one.idp_entity_id):
        return None, UNKNOWN, "Nothing is said of its identity provider: give its metadata, then switch it on."
    reading = (
        metadata.read(one.metadata)
        if one.metadata
        else metadata.by_hand(one.idp_entity_id, one.sso_url, one.certificate)
    )
    if reading.metadata is None:
        words = " ".join(finding.words for finding in reading.findings)
        return None, UNKNOWN, f"{words or 'Its metadata cannot be read.'} It waits for metadata, then switch it on."
    return reading.metadata.configuration(), reading.metadata.idp or UNKNOWN, ""


def _about(configuration: SamlConfiguration, *, live: bool) -> str:
    signs = "It asks for signed requests: give it our new certificate." if configuration.sign_requests else ""
    return " ".join(filter(None, ("Live." if live else "It was switched off there, and waits here.", signs)))


@contextmanager
def _refusals(part: Part, noun: str, name: str) -> Iterator[None]:
    """A savepoint: what is refused leaves nothing behind."""
    try:
        with db.session.begin_nested():
            yield
    except Refused as refused:
        part.say(Outcome.REFUSED, noun, name, str(refused))
