"""flask user: people."""

import sys

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.models import MEMBER
from portal.organizations import factors, members, passwords, roles, users
from portal.organizations.actors import OPERATOR

command = AppGroup("user", help="People.")


@command.command("create")
@click.argument("email")
@click.option("--org", "organization_name", help="Make the person a member of this organization (id or slug).")
@click.option("--role", "role_key", default=MEMBER, show_default=True, help="Their role there.")
@click.option("--name", default="", help="The person's name.")
@click.option("--staff", is_flag=True, help="Open the support console to them.")
@click.option("--password-stdin", is_flag=True, help="Read their password from standard input.")
@speaks
def create(
    email: str, organization_name: str | None, role_key: str, name: str, staff: bool, password_stdin: bool
) -> Answer:
    """Create a person, and make them a member where --org says so."""
    organization = organization_of(organization_name) if organization_name else None
    user = users.create(email, by=OPERATOR, name=name, staff=staff, verified=True)
    if password_stdin:
        passwords.set_for(user, sys.stdin.readline().rstrip("\r\n"), by=OPERATOR)
    if organization:
        members.add(organization, user, by=OPERATOR, role=roles.get(role_key))
    return {"id": str(user.id)}


@command.command("forget-factors")
@click.argument("email")
@speaks
def forget_factors(email: str) -> Answer:
    """Take away every passkey, authenticator app and recovery code of somebody who lost them. Make sure who asks."""
    user = users.find(email)
    if user is None:
        raise LookupError(f"there is nobody with the address {email!r}")
    factors.forget(user, by=OPERATOR)
    return {"id": str(user.id)}
