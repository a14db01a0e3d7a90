"""People the IdP deleted while their directory was not in force: they leave when it is again, unless they came back."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Deletion, Directory, DirectoryUser, Leavers, Membership, Organization
from portal.models.engine import insert
from portal.organizations import members
from portal.organizations.actors import Actor


def see_off(organization: Organization, membership: Membership, *, by: Actor) -> None:
    """As the organization chose: suspended, or removed."""
    if organization.leavers is Leavers.REMOVE:
        members.remove(membership, by=by)
    else:
        members.suspend(membership, by=by)


def note(directory: Directory, membership: Membership) -> None:
    wanted = insert(Deletion).values(
        organization_id=directory.organization_id, directory_id=directory.id, membership_id=membership.id
    )
    db.session.execute(wanted.on_conflict_do_nothing())


def waiting(directory: Directory) -> Sequence[Membership]:
    """Without those whom the directory names again."""
    linked = sa.exists().where(
        DirectoryUser.organization_id == Membership.organization_id, DirectoryUser.membership_id == Membership.id
    )
    noted = sa.select(Deletion.membership_id).where(*_of(directory))
    return db.session.scalars(
        directory.organization.memberships.select().where(Membership.id.in_(noted), ~linked).order_by(Membership.id)
    ).all()


def settle(directory: Directory, *, by: Actor) -> None:
    """Everybody who waits leaves; the notes have served."""
    for membership in waiting(directory):
        see_off(directory.organization, membership, by=by)
    db.session.execute(sa.delete(Deletion).where(*_of(directory)))


def _of(directory: Directory) -> tuple[sa.ColumnElement[bool], ...]:
    return Deletion.organization_id == directory.organization_id, Deletion.directory_id == directory.id
