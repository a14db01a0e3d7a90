"""flask org: customer companies."""

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, organization_of, speaks
from portal.models import AttributeType, SignInPolicy
from portal.models.attribute import URN
from portal.organizations import custom_attributes, domains, enforcement, organizations
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


@command.command("offer-sso")
@click.argument("organization_name", metavar="ORG")
@speaks
def offer_sso(organization_name: str) -> Answer:
    """Make single sign-on an offer again, for a company that required it and cannot get in."""
    organization = organization_of(organization_name)
    enforcement.set_policy(organization, SignInPolicy.OFFER, by=OPERATOR)
    return {"id": str(organization.id), "sign_in_policy": organization.sign_in_policy.value}


@command.command("attribute")
@click.argument("organization_name", metavar="ORG")
@click.argument("name")
@click.option("--type", "kind", type=click.Choice(list(AttributeType)), default=AttributeType.STRING, show_default=True)
@click.option("--many", is_flag=True, help="It has several values.")
@click.option("--says", default="", help="Its description in the IdP's console.")
@click.option("--remove", is_flag=True, help="Take it away, with everything kept under it.")
@speaks
def attribute(organization_name: str, name: str, kind: str, many: bool, says: str, remove: bool) -> Answer:
    """Add an attribute of an organization's own to its people, for SCIM."""
    organization = organization_of(organization_name)
    if not remove:
        made = custom_attributes.define(
            organization, name, by=OPERATOR, type=AttributeType(kind), many=many, says=says
        )  # fmt: skip
        return {"id": str(made.id), "path": f"{URN}:{made.name}"}
    found = custom_attributes.find(organization, name)
    if found is None:
        raise LookupError(f"{organization.name} has no attribute {name!r} of its own")
    custom_attributes.remove(organization, found, by=OPERATOR)
    return {"id": str(found.id), "path": f"{URN}:{found.name}"}
