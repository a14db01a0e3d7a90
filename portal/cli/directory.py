"""flask directory: sources of people."""

import uuid
from typing import TextIO

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.extensions import db
from portal.google import accounts
from portal.google.accounts import Account
from portal.google.client import Client
from portal.google.reading import first_names
from portal.google.troubles import NotRead
from portal.models import Directory, DirectoryKind, DirectoryPull, Mode, PullWay
from portal.organizations import clients, directories, pulls, tokens
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


@command.command("pull")
@click.argument("directory_id", metavar="DIRECTORY")
@click.option("--key", "key_file", type=click.File(), help="The JSON key of the service account that reads it.")
@click.option("--admin", default="", help="The administrator it acts for; needed with --key.")
@speaks
def pull(directory_id: str, key_file: TextIO | None, admin: str) -> Answer:
    """Connect a directory that is read, for everybody in it; or have it read again now."""
    directory = _found(directory_id)
    if key_file:
        found = _connect(directory, key_file.read(), admin)
    elif (known := pulls.of(directory)) is None:
        raise LookupError("nothing is connected yet; give --key and --admin")
    else:
        found = known
    pulls.ask_now(found, by=OPERATOR)
    return {"id": str(directory.id), "account": found.account, "admin": found.admin}


def _connect(directory: Directory, given: str, admin: str) -> DirectoryPull:
    """Kept only where it was just seen to work."""
    if directory.kind is DirectoryKind.SCIM:
        raise ValueError("this directory is pushed; create one with the guide of a provider that is read")
    db.session.rollback()  # nobody shall wait for the database while we wait for Google
    try:
        kept, public = accounts.read_key(given)
        with Client(Account(PullWay.KEY, kept, public["client_id"], admin)) as client:
            first_names(client)
    except NotRead as trouble:
        raise ValueError(f"{trouble} {trouble.mend}") from None
    found = pulls.keep_secret(
        directory, PullWay.KEY, kept, by=OPERATOR, account=public["client_email"], client_id=public["client_id"]
    )
    pulls.prove(found, by=OPERATOR, admin=admin)
    pulls.choose(found, everybody=True, groups=(), by=OPERATOR)
    return found


def _found(directory_id: str) -> Directory:
    try:
        found = directories.get(uuid.UUID(directory_id))
    except ValueError:
        found = None
    if found is None:
        raise LookupError(f"there is no directory {directory_id!r}; give its id")
    return found
