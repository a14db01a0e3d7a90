"""What an organization's directory decides of a member, and people therefore do not."""

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Directory, DirectoryUser, GroupRole, Membership, Mode


def directory_of(membership: Membership) -> Directory | None:
    """The directory that knows this member, a live one first."""
    found = _directories(membership).order_by((Directory.mode == Mode.LIVE).desc()).limit(1)
    return db.session.scalars(found).first()


def person_of(directory: Directory, membership: Membership) -> DirectoryUser | None:
    theirs = sa.select(DirectoryUser).where(
        DirectoryUser.organization_id == membership.organization_id,
        DirectoryUser.membership_id == membership.id,
        DirectoryUser.directory_id == directory.id,
    )
    return db.session.scalars(theirs.limit(1)).first()


def decides_roles(membership: Membership) -> bool:
    """A live directory knows the member, and has rules that give roles."""
    rules = sa.exists().where(
        GroupRole.organization_id == Directory.organization_id, GroupRole.directory_id == Directory.id
    )
    found = _directories(membership).where(Directory.mode == Mode.LIVE, rules)
    return db.session.scalars(found.limit(1)).first() is not None


def _directories(membership: Membership) -> "sa.Select[Directory]":
    ours = sa.and_(
        DirectoryUser.directory_id == Directory.id, DirectoryUser.organization_id == Directory.organization_id
    )
    return (
        sa.select(Directory)
        .join(DirectoryUser, ours)
        .where(
            DirectoryUser.organization_id == membership.organization_id, DirectoryUser.membership_id == membership.id
        )
    )
