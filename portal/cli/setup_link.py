"""flask setup-link: ways in for an IT admin without an account."""

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.organizations import setup_links
from portal.organizations.actors import OPERATOR

command = AppGroup("setup-link", help="Ways in for an IT admin without an account.")


@command.command("create")
@click.argument("organization_name", metavar="ORG")
@click.option("--scope", default="sso,scim", show_default=True, help="What it opens, separated by commas.")
@click.option("--email", default="", help="Only whoever reads this address can open it: a code is mailed.")
@click.option("--days", type=click.IntRange(1, 30), help="How long it works.")
@speaks
def create(organization_name: str, scope: str, email: str, days: int | None) -> Answer:
    """Create a setup link. Its address is printed once."""
    scopes = [word.strip() for word in scope.split(",") if word.strip()]
    link, url = setup_links.create(
        organization_of(organization_name), by=OPERATOR, scopes=scopes, days=days, may_go_live=True, email=email
    )
    return {"url": url, "expires_at": link.expires_at.isoformat()}
