"""flask org: customer companies."""

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, speaks
from portal.organizations import domains, organizations
from portal.organizations.actors import OPERATOR

command = AppGroup("org", help="Customer companies.")


@command.command("create")
@click.argument("name")
@click.option("--domain", "names", multiple=True, help="An e-mail domain it claims; may be given several times.")
@click.option("--verified", is_flag=True, help="Take the operator's word that the domains are its own.")
@speaks
def create(name: str, names: tuple[str, ...], verified: bool) -> Answer:
    """Create an organization."""
    organization = organizations.create(name, by=OPERATOR)
    for one in names:
        domain = domains.claim(organization, one, by=OPERATOR)
        if verified:
            domains.verify_by_staff(domain, by=OPERATOR)
    return {"id": str(organization.id), "slug": organization.slug}
