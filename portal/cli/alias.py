"""flask alias: names and addresses of another product that identity providers still use."""

import uuid

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.organizations import aliases
from portal.organizations.actors import OPERATOR

command = AppGroup("alias", help="Names and addresses of another product that identity providers still use.")


@command.command("list")
@click.argument("organization_name", metavar="ORG")
@speaks
def list_aliases(organization_name: str) -> Answer:
    """Show them by their ids."""
    found = aliases.listed(organization_of(organization_name))
    return {str(one.id): f"{one.kind.value} {one.value}" for one in found}


@command.command("remove")
@click.argument("alias_id", metavar="ALIAS", type=click.UUID)
@speaks
def remove(alias_id: uuid.UUID) -> Answer:
    """Take one away, when the company has given its identity provider our own."""
    found = aliases.get(alias_id)
    if found is None:
        raise LookupError(f"there is no alias {str(alias_id)!r}")
    aliases.remove(found, by=OPERATOR)
    return {"id": str(found.id), "kind": found.kind.value, "value": found.value}
