"""Handing a vacant owner's seat to somebody else."""

from portal.models import OWNER, Membership, Organization
from portal.organizations import events, members, organizations, roles, vacancies
from portal.organizations.actors import Actor
from portal.organizations.refusals import NotActive, SeatTaken


def hand_over(organization: Organization, membership: Membership, *, by: Actor) -> None:
    """By an admin, a contact in IT or support; only while nobody holds it. An owner names others on the members page."""
    organizations.lock(organization)
    if not vacancies.of(organization):
        raise SeatTaken
    if not membership.active:
        raise NotActive
    members.set_role(membership, roles.get(OWNER), by=by)
    events.record("organization.owner_named", organization, membership, by=by)
