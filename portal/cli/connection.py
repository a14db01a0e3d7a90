"""flask connection: ways to sign in through an IdP."""

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.models import Connection
from portal.organizations import connections
from portal.organizations.actors import OPERATOR

command = AppGroup("connection", help="Ways to sign in through an IdP.")


@command.command("create")
@click.argument("organization_name", metavar="ORG")
@click.option("--idp", required=True, help="The IdP's wizard, such as okta, entra or generic.")
@click.option("--metadata", help="The IdP's metadata: a file or an address.")
@click.option("--live", is_flag=True, help="Switch it on without a test sign-in.")
@speaks
def create(organization_name: str, idp: str, metadata: str | None, live: bool) -> Answer:
    """Create a SAML connection and print the addresses the IdP asks for."""
    connection = connections.create(organization_of(organization_name), _known(idp), by=OPERATOR)
    if metadata:
        _stage(connection, metadata)
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
    from wizards.loading import load_all

    known = load_all()
    if idp not in known:
        raise LookupError(f"there is no wizard {idp!r}; there are: {', '.join(sorted(known))}")
    return idp


def _stage(connection: Connection, metadata: str) -> None:
    """The same reader and the same guard as in the wizard."""
    from portal.saml import metadata as reading

    text = reading.fetch(metadata) if metadata.startswith(("https://", "http://")) else Path(metadata).read_text()
    raise NotImplementedError(text)
