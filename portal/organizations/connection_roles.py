"""Roles that follow from what an IdP says at sign-in, where no directory does: the first matching rule wins."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import sqlalchemy as sa

from portal.extensions import db
from portal.models import OWNER, Connection, ConnectionRole, Membership, Role
from portal.models.base import key, new_id
from portal.organizations import events, members
from portal.organizations.actors import Actor

MOST_RULES = 200


class Standing(Protocol):
    """What a verified answer says of somebody's groups and roles; `groups_left_out`: there are more than it could say."""

    @property
    def groups(self) -> tuple[str, ...]: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def groups_left_out(self) -> bool: ...


def listed(connection: Connection) -> Sequence[ConnectionRole]:
    """In their order."""
    ours = ConnectionRole.organization_id == connection.organization_id, ConnectionRole.connection_id == connection.id
    return db.session.scalars(sa.select(ConnectionRole).where(*ours).order_by(ConnectionRole.position)).unique().all()


def set_rules(connection: Connection, rules: Iterable[tuple[str, Role]], *, by: Actor) -> None:
    """Exactly these, in this order; of two for the same name the first one counts."""
    wanted: dict[str, tuple[str, Role]] = {}
    for value, role in rules:
        if value.strip():
            wanted.setdefault(key(value)[:320], (value.strip()[:320], role))
    chosen = list(wanted.items())[:MOST_RULES]
    if [(one.value, one.role_id) for one in listed(connection)] == [(value, role.id) for _, (value, role) in chosen]:
        return
    ours = ConnectionRole.organization_id == connection.organization_id, ConnectionRole.connection_id == connection.id
    db.session.execute(sa.delete(ConnectionRole).where(*ours))
    for position, (value_key, (value, role)) in enumerate(chosen):
        row = ConnectionRole(
            id=new_id(), organization_id=connection.organization_id, connection_id=connection.id, position=position,
            value=value, value_key=value_key, role_id=role.id,
        )  # fmt: skip
        db.session.add(row)
    db.session.flush()
    events.record(
        "connection.roles_changed",
        connection.organization_id,
        connection,
        by=by,
        rules=[one.value for one in listed(connection)],
    )


def role_for(connection: Connection, standing: Standing) -> Role | None:
    """The role the rules give; None where they say nothing: there are none, or the IdP left the groups out."""
    rules = listed(connection)
    if not rules:
        return None
    said = {key(value) for value in (*standing.groups, *standing.roles)}
    won = next((rule.role for rule in rules if rule.value_key in said), None)
    return won or (None if standing.groups_left_out else connection.organization.default_role)


def give(membership: Membership, role: Role | None, *, by: Actor) -> None:
    """A rule never takes the last owner's role silently: who leads a company is not decided by a missing group."""
    if role is None or (membership.is_owner and role.key != OWNER and not members.other_owners(membership)):
        return
    members.set_role(membership, role, by=by)
