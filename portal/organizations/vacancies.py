"""A vacant owner's seat: noticed when the directory ends the last owner's access, and told to those who can fill it."""

import uuid
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import OWNER, Membership, MembershipRole, Organization, Role, Status
from portal.organizations import audience, events, setup_links
from portal.organizations.actors import Actor
from portal.organizations.audience import Matter
from portal.settings import current
from portal.words import LazyString, _, _l, kept

SEAT = "seat"
DAYS = 14


def of(organization: Organization) -> bool:
    """Derived: nobody active is an owner."""
    return db.session.scalar(sa.select(condition(organization.id))) or False


def condition(organization_id: uuid.UUID | sa.SQLColumnExpression[uuid.UUID]) -> sa.ColumnElement[bool]:
    there = aliased(Membership)
    owner = (
        sa.select(there.id)
        .join(MembershipRole, _held_by(there))
        .join(Role, Role.id == MembershipRole.role_id)
        .where(there.organization_id == organization_id, there.status == Status.ACTIVE, Role.key == OWNER)
    )
    return ~owner.exists()


def anywhere(limit: int) -> list[tuple[Organization, datetime]]:
    """For support: whose last owner the directory took away, and when. One look-up, along the index of who is an owner."""
    query = (
        sa.select(Organization, sa.func.max(Membership.ended_at))
        .join(Membership, Membership.organization_id == Organization.id)
        .join(MembershipRole, _held_by(Membership))
        .join(Role, Role.id == MembershipRole.role_id)
        .where(Role.key == OWNER, Membership.status != Status.ACTIVE, Membership.suspended_by_directory)
        .where(condition(Organization.id))
        .group_by(Organization.id)
    )
    rows = db.session.execute(query.order_by(sa.func.max(Membership.ended_at).desc()).limit(limit))
    return [(organization, at) for organization, at in rows if at]


def announce(former: Membership, *, by: Actor) -> None:
    """Admins have their page; contacts whom an admin vouches for get a link that opens this and nothing else."""
    organization = former.organization
    events.record("organization.owner_vacant", organization, former, by=by)
    url = f"{current().public_url}/organizations/{organization.slug}/owner"
    composed = partial(_composed, organization, former.label)
    audience.tell(
        audience.leaders(organization.id),
        lambda: composed(_("Hand the seat to another member:\n%(url)s", url=url)),
    )
    for contact in audience.contacts(organization.id, Matter.ALARMS):
        deed = _for_contact(_link(organization, former, by) if contact.trusted else "")
        audience.tell([contact], partial(composed, deed))


def _link(organization: Organization, former: Membership, by: Actor) -> str:
    note = kept(_what(organization, former.label))
    _row, url = setup_links.create(organization, by=by, scopes=[SEAT], days=DAYS, note=note)
    return url


def _what(organization: Organization, person: str) -> LazyString:
    return _l(
        "The directory ended the access of %(person)s, the last owner of %(organization)s at %(app)s. Everything goes on, but "
        "nobody can do what only an owner may.",
        person=person, organization=organization.name, app=current().app_name,
    )  # fmt: skip


def _composed(organization: Organization, person: str, deed: str | LazyString) -> tuple[str, str]:
    subject = _("%(organization)s has no owner any more", organization=organization.name)
    return subject, f"{_what(organization, person)}\n\n{deed}\n"


def _for_contact(link: str) -> LazyString:
    if link:
        return _l("Hand the seat to another member (%(days)s days):\n%(url)s", days=DAYS, url=link)
    return _l("Ask one of its admins, or support, to name another.")


def _held_by(membership: type[Membership]) -> sa.ColumnElement[bool]:
    return sa.and_(
        MembershipRole.organization_id == membership.organization_id, MembershipRole.membership_id == membership.id
    )
