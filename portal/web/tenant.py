"""The organization and membership a request is about, and the actor who makes it."""

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import contains_eager

from portal.extensions import db
from portal.models import Membership, Organization, Status
from portal.organizations import reach
from portal.organizations.actors import Actor, Door
from portal.web import session


def find_membership(slug: str) -> Membership | None:
    """The signed-in person's active membership of the organization at this slug, as far as their session reaches."""
    found = membership_at(slug)
    return found if found and reach.reaches(session.current_session(), found) else None


def membership_at(slug: str) -> Membership | None:
    """Whether or not their session reaches it; in one query."""
    person = session.person()
    return db.session.scalars(
        sa.select(Membership)
        .join(Membership.organization)
        .options(contains_eager(Membership.organization))
        .where(Organization.slug == slug, Membership.user_id == person.id, Membership.status == Status.ACTIVE)
    ).one_or_none()


def organization() -> Organization:
    found: Organization = g.organization
    return found


def membership() -> Membership:
    found: Membership = g.membership
    return found


def actor(door: Door = Door.ACCOUNT) -> Actor:
    person = session.person()
    return Actor(door, str(person.id), person.label, g.arrived_at)
