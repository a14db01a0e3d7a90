"""flask directory: sources of people."""

import uuid

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.models import Directory, DirectoryKind, Mode
from portal.organizations import clients, directories, tokens
from portal.organizations.actors import OPERATOR
from portal.settings import current
from wizards import loading

command = AppGroup("directory", help="Sources of people.")


@command.command("create")
@click.argument("organization_name", metavar="ORG")
@click.option("--idp", required=True, help="The IdP's wizard, such as okta, entra or generic.")
@click.option("--live", is_flag=True, help="Apply what it says from the first request on.")
@speaks
def create(organization_name: str, idp: str, live: bool) -> Answer:
    """Create a directory and print its base URL."""
    wizard = loading.load_all(current().wizards_paths).get(idp)
    half = wizard.provisioning if wizard else None
    kind = DirectoryKind(half.source.value) if half else DirectoryKind.SCIM
    directory = directories.create(organization_of(organization_name), idp, by=OPERATOR, kind=kind)
    if live:
        directories.set_mode(directory, Mode.LIVE, by=OPERATOR)
    return {"id": str(directory.id), "base_url": directory.base_url}


@command.command("token")
@click.argument("directory_id", metavar="DIRECTORY")
@click.option("--name", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it works; without, it does not expire.")
@speaks
def token(directory_id: str, name: str, days: int | None) -> Answer:
    """Issue a bearer token. It is printed once and cannot be shown again."""
    row, secret = tokens.issue(_found(directory_id), by=OPERATOR, name=name, days=days)
    return {
        "token": secret,
        "prefix": row.prefix,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
    }


@command.command("client")
@click.argument("directory_id", metavar="DIRECTORY")
@click.option("--name", default="", help="What it is for.")
@speaks
def client(directory_id: str, name: str) -> Answer:
    """Create an OAuth 2.0 client. Its secret is printed once and cannot be shown again."""
    directory = _found(directory_id)
    row, secret = clients.create(directory, by=OPERATOR, name=name)
    return {"client_id": str(row.id), "client_secret": secret, "token_url": directory.token_url}


def _found(directory_id: str) -> Directory:
    try:
        found = directories.get(uuid.UUID(directory_id))
    except ValueError:
        found = None
    if found is None:
        raise LookupError(f"there is no directory {directory_id!r}; give its id")
    return found
