"""flask client: programs of the application that people sign in to."""

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, speaks
from portal.organizations import applications, signing_keys
from portal.organizations.actors import OPERATOR
from portal.organizations.applications import Addresses
from portal.settings import current

command = AppGroup("client", help="Programs of the application that people sign in to.")


@command.command("create")
@click.argument("name")
@click.option(
    "--redirect-uri", "uris", multiple=True, required=True, help="Where people come back; may be given several times."
)
@click.option("--logout-redirect-uri", "back", multiple=True, help="Where people come back after signing out.")
@click.option("--backchannel-logout-uri", "told", default="", help="What is told, from server to server, of sign-outs.")
@click.option("--public", is_flag=True, help="It cannot keep a secret, such as a program in a browser.")
@speaks
def create(name: str, uris: tuple[str, ...], back: tuple[str, ...], told: str, public: bool) -> Answer:
    """Create an OpenID Connect client. Its secret is printed once and cannot be shown again."""
    row, secret = applications.create(name, Addresses(uris, back, told), by=OPERATOR, public=public)
    return {"client_id": str(row.id), "client_secret": secret, "issuer": current().public_url}


@command.command("list")
@speaks
def show() -> Answer:
    """List the clients by their ids."""
    return {str(row.id): f"{row.name}: {', '.join(row.redirect_uris)}" for row in applications.listed()}


@command.command("rotate-secret")
@click.argument("client_id")
@speaks
def rotate_secret(client_id: str) -> Answer:
    """Make a new secret; the former one works for seven days more."""
    row = applications.find(client_id)
    if row is None:
        raise LookupError(f"there is no client {client_id!r}")
    secret = applications.rotate_secret(row, by=OPERATOR)
    former = row.former_until.isoformat() if row.former_until else None
    return {"client_id": str(row.id), "client_secret": secret, "former_until": former}


@command.command("rotate-key")
@speaks
def rotate_key() -> Answer:
    """Publish the next signing key; it signs a day later."""
    row = signing_keys.rotate(by=OPERATOR)
    return {"kid": row.public["kid"], "signs_from": row.signs_from.isoformat()}
