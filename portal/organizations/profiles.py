"""A member's name and address follow what their organization's IdP says, through SCIM and at sign-in alike."""

from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Membership
from portal.models.base import key
from portal.organizations import members, people, users
from portal.organizations.actors import Actor


def follow(membership: Membership, *, name: str, email: str, by: Actor) -> bool:
    """The same membership, the same ids: a rename never makes a second person. Empty says nothing. False where somebody else
    signs in by the new address, which then changed for this organization only."""
    members.change(membership, by=by, name=name or membership.name, email=email or membership.email)
    user = membership.user
    if not email or user.email_key == key(email) or not _may_rename(membership, email):
        return True
    try:
        with db.session.begin_nested():
            user.email = email
    except IntegrityError:
        db.session.refresh(user)
        return False
    return True


def _may_rename(membership: Membership, email: str) -> bool:
    """An organization changes the address by which a person signs in only within what it has proven to own."""
    user = membership.user
    if user.home_organization_id == membership.organization_id:
        return True
    known = people.verified_names(membership.organization_id, [user.email, email])
    return {users.domain_of(user.email), users.domain_of(email)} <= known
