"""Directories: an organization's sources of people, and whether what they say is in force."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    Directory,
    DirectoryGroup,
    DirectoryGroupMember,
    DirectoryKind,
    DirectoryUser,
    GroupRole,
    Mode,
    Organization,
    Role,
)
from portal.models.base import new_id, now
from portal.organizations import connections, events, roles, sync
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import NeedsSingleSignOn


def create(
    organization: Organization, idp: str, *, by: Actor, kind: DirectoryKind = DirectoryKind.SCIM, name: str = ""
) -> Directory:
    """In shadow: the IdP is answered truthfully, and nothing is applied until somebody has looked and switches it on."""
    if by.door is not Door.CONSOLE and not connections.live_of(organization):
        raise NeedsSingleSignOn
    connections.require_allowed(organization)
    directory = Directory(id=new_id(), organization_id=organization.id, idp=idp, name=(name or idp)[:320], kind=kind)
    db.session.add(directory)
    db.session.flush()
    events.record("directory.created", organization, directory, by=by, idp=idp)
    return directory


def change_idp(
    directory: Directory, idp: str, *, by: Actor, name: str = "", kind: DirectoryKind = DirectoryKind.SCIM
) -> None:
    """The same directory, the same ids, another guide. Where people come over another way from now on, what is in force is
    paused: what the new way brings is looked at before it counts."""
    if directory.kind is not kind and directory.mode is Mode.LIVE:
        set_mode(directory, Mode.PAUSED, by=by)
    directory.idp, directory.name, directory.kind = idp, (name or idp)[:320], kind
    events.record("directory.idp_changed", directory.organization_id, directory, by=by, idp=idp)


def get(directory_id: uuid.UUID) -> Directory | None:
    """By id alone: for the door of the IdPs, where the id in the address is all there is."""
    return db.session.get(Directory, directory_id)


def listed(organization: Organization) -> Sequence[Directory]:
    return db.session.scalars(organization.directories.select().order_by(Directory.created_at)).all()


def live_of(organization_id: uuid.UUID) -> Directory | None:
    return db.session.scalars(
        sa.select(Directory).where(Directory.organization_id == organization_id, Directory.mode == Mode.LIVE).limit(1)
    ).first()


def set_mode(directory: Directory, mode: Mode, *, by: Actor) -> None:
    """Going live brings the memberships in line with everything received so far."""
    if directory.mode is mode:
        return
    before, directory.mode = directory.mode, mode
    if mode is Mode.LIVE:
        directory.live_at = directory.live_at or now()
    db.session.flush()
    events.record(f"directory.{mode.value}", directory.organization_id, directory, by=by, before=before.value)
    if mode is Mode.LIVE:
        sync.apply_all(directory, by=actor_of(directory))


def actor_of(directory: Directory) -> Actor:
    """Who applies what a directory says, whoever pressed the button."""
    return Actor(Door.SCIM, str(directory.id), directory.name)


def groups(directory: Directory) -> Sequence[DirectoryGroup]:
    return db.session.scalars(
        sa.select(DirectoryGroup)
        .where(DirectoryGroup.organization_id == directory.organization_id, DirectoryGroup.directory_id == directory.id)
        .order_by(DirectoryGroup.display_name_key)
    ).all()


def group(directory: Directory, group_id: uuid.UUID) -> DirectoryGroup | None:
    ours = DirectoryGroup.organization_id == directory.organization_id, DirectoryGroup.directory_id == directory.id
    return db.session.scalars(sa.select(DirectoryGroup).where(*ours, DirectoryGroup.id == group_id)).one_or_none()


def person(directory: Directory, person_id: uuid.UUID) -> DirectoryUser | None:
    ours = DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id
    return db.session.scalars(sa.select(DirectoryUser).where(*ours, DirectoryUser.id == person_id)).one_or_none()


def people_of(group: DirectoryGroup) -> "sa.Select[DirectoryUser]":
    same = sa.and_(
        DirectoryGroupMember.directory_user_id == DirectoryUser.id,
        DirectoryGroupMember.organization_id == DirectoryUser.organization_id,
    )
    inside = DirectoryGroupMember.organization_id == group.organization_id, DirectoryGroupMember.group_id == group.id
    return sa.select(DirectoryUser).join(DirectoryGroupMember, same).where(*inside)


def count_users(directory: Directory) -> int:
    counted = sa.select(sa.func.count()).where(
        DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id
    )
    return db.session.scalar(counted) or 0


def group_roles(directory: Directory) -> Sequence[GroupRole]:
    """The rules in order of precedence."""
    return db.session.scalars(
        sa.select(GroupRole)
        .where(GroupRole.organization_id == directory.organization_id, GroupRole.directory_id == directory.id)
        .order_by(GroupRole.position)
    ).all()


def set_group_roles(directory: Directory, rules: Sequence[tuple[DirectoryGroup, Role]], *, by: Actor) -> None:
    """Replace the rules by these, the first being the strongest, and apply them where the directory is in force."""
    for _, role in rules:
        roles.require_givable(role, directory.organization, by=Actor(Door.SCIM) if role.internal else by)
    for rule in group_roles(directory):
        db.session.delete(rule)
    db.session.flush()
    for position, (group, role) in enumerate(rules):
        db.session.add(
            GroupRole(
                organization_id=directory.organization_id,
                directory_id=directory.id,
                group_id=group.id,
                role_id=role.id,
                position=position,
            )
        )
    db.session.flush()
    said = [f"{group.display_name} → {role.key}" for group, role in rules]
    events.record("directory.group_roles_changed", directory.organization_id, directory, by=by, rules=said)
    sync.apply_group_roles(directory, by=actor_of(directory))
