"""flask client: programs of the application that people sign in to."""

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, speaks
from portal.organizations import applications, signing_keys
from portal.organizations.actors import OPERATOR
from portal.settings import current

command = AppGroup("client", help="Programs of the application that people sign in to.")


@command.command("create")
@click.argument("name")
@click.option(
    "--redirect-uri", "uris", multiple=True, required=True, help="Where people come back; may be given several times."
)
@click.option("--public", is_flag=True, help="It cannot keep a secret, such as a program in a browser.")
@speaks
def create(name: str, uris: tuple[str, ...], public: bool) -> Answer:
    """Create an OpenID Connect client. Its secret is printed once and cannot be shown again."""
    row, secret = applications.create(name, uris, by=OPERATOR, public=public)
    return {"client_id": str(row.id), "client_secret": secret, "issuer": current().public_url}


@command.command("rotate-key")
@speaks
def rotate_key() -> Answer:
    """Publish the next signing key; it signs a day later."""
    row = signing_keys.rotate(by=OPERATOR)
    return {"kid": row.public["kid"], "signs_from": row.signs_from.isoformat()}
