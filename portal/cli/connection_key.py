"""flask connection-key: our own keys towards an IdP."""

import uuid

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, speaks
from portal.models import Connection, ConnectionKey
from portal.organizations import connection_keys, connections
from portal.organizations.actors import OPERATOR

command = AppGroup("connection-key", help="Our own keys towards an IdP: signed requests, encrypted answers, rotation.")


@command.command("create")
@click.argument("connection", type=click.UUID)
@speaks
def create(connection: uuid.UUID) -> Answer:
    """Make a key: the first is active at once, a later one waits in our metadata as the next."""
    return _said(connection_keys.make(_known(connection), by=OPERATOR))


@command.command("activate")
@click.argument("connection", type=click.UUID)
@speaks
def activate(connection: uuid.UUID) -> Answer:
    """Put the next key to work, after the IdP has read it."""
    return _said(connection_keys.activate(_known(connection), by=OPERATOR))


def _known(connection_id: uuid.UUID) -> Connection:
    if found := connections.get(connection_id):
        return found
    raise LookupError(f"there is no connection {connection_id}")


def _said(row: ConnectionKey) -> Answer:
    return {
        "id": str(row.id), "state": row.state.value, "fingerprint": row.fingerprint, "expires_at": row.not_after.isoformat(),
        "certificate": row.certificate,
    }  # fmt: skip
