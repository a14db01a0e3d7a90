"""A vacant owner's seat: noticed when the directory ends the last owner's access, and told to those who can fill it."""

import sqlalchemy as sa

from portal.extensions import db
from portal.models import OWNER, Membership, MembershipRole, Organization, Role, Status
from portal.organizations import audience, events, setup_links
from portal.organizations.actors import Actor
from portal.organizations.audience import Matter
from portal.settings import current

SEAT = "seat"
DAYS = 14


def of(organization: Organization) -> bool:
    """Derived: nobody active is an owner."""
    return db.session.scalar(sa.select(condition(organization))) or False


def condition(organization: Organization) -> sa.ColumnElement[bool]:
    held = sa.and_(
        MembershipRole.organization_id == Membership.organization_id, MembershipRole.membership_id == Membership.id
    )
    owner = (
        sa.select(Membership.id)
        .join(MembershipRole, held)
        .join(Role, Role.id == MembershipRole.role_id)
        .where(Membership.organization_id == organization.id, Membership.status == Status.ACTIVE, Role.key == OWNER)
    )
    return ~owner.exists()


def announce(former: Membership, *, by: Actor) -> None:
    """Admins have their page; contacts whom an admin vouches for get a link that opens this and nothing else."""
    organization = former.organization
    events.record("organization.owner_vacant", organization, former, by=by)
    subject = f"{organization.name} has no owner any more"
    what = (
        f"The directory ended the access of {former.label}, the last owner of {organization.name} at {current().app_name}. "
        "Everything goes on, but nobody can do what only an owner may.\n\n"
    )
    url = f"{current().public_url}/organizations/{organization.slug}/owner"
    audience.tell(audience.leaders(organization.id), subject, f"{what}Hand the seat to another member:\n{url}\n")
    for contact in audience.contacts(organization.id, Matter.ALARMS):
        if contact.trusted:
            _, url = setup_links.create(organization, by=by, scopes=[SEAT], days=DAYS, note=what.strip())
            audience.tell([contact.email], subject, f"{what}Hand the seat to another member ({DAYS} days):\n{url}\n")
        else:
            audience.tell([contact.email], subject, f"{what}Ask one of its admins, or support, to name another.\n")
