"""flask connection: ways to sign in through an IdP."""

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.models import Connection
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from portal.saml import metadata
from wizards.loading import load_all

command = AppGroup("connection", help="Ways to sign in through an IdP.")


@command.command("create")
@click.argument("organization_name", metavar="ORG")
@click.option("--idp", required=True, help="The IdP's wizard, such as okta, entra or generic.")
@click.option("--metadata", "source", help="The IdP's metadata: a file or an address.")
@click.option("--live", is_flag=True, help="Switch it on without a test sign-in.")
@speaks
def create(organization_name: str, idp: str, source: str | None, live: bool) -> Answer:
    """Create a SAML connection and print the addresses the IdP asks for."""
    connection = connections.create(organization_of(organization_name), _known(idp), by=OPERATOR)
    if source:
        _stage(connection, source)
    if live:
        connections.go_live(connection, by=OPERATOR)
    return {
        "id": str(connection.id),
        "entity_id": connection.entity_id,
        "acs_url": connection.acs_url,
        "login_url": connection.login_url,
        "metadata_url": connection.metadata_url,
    }


def _known(idp: str) -> str:
    known = load_all()
    if idp not in known:
        raise LookupError(f"there is no wizard {idp!r}; there are: {', '.join(sorted(known))}")
    return idp


def _stage(connection: Connection, source: str) -> None:
    """The same reader and the same guard as in the wizard; a file is read as it is."""
    if source.startswith(("https://", "http://")):
        reading = metadata.read_address(source)
    else:
        reading = metadata.read(_text(source))
    if reading.metadata is None:
        raise ValueError(" ".join(finding.words for finding in reading.findings) or "this is not IdP metadata")
    connections.stage(connection, reading.metadata.configuration(reading.url), by=OPERATOR)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
