"""Members of a group and groups of a person, as filters see them: rows in a table, not elements of a document."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryGroup, DirectoryGroupMember, DirectoryUser
from portal.scim.comparing import Condition, Sql
from portal.scim.errors import invalid_filter

Part = Callable[[str, str], Sql]
Test = Callable[[Part], Condition]
_MEMBER = {"value": DirectoryGroupMember.__table__.c.directory_user_id, "type": sa.literal("User")}


def exist(kind: str, test: Test) -> Condition:
    """Whether a row of the table passes the test: found by the index on the side that is asked about."""
    return _members(test) if kind == "Group" else _groups(test)


def members_of(group: DirectoryGroup, test: Test) -> list[uuid.UUID]:
    theirs = sa.select(DirectoryGroupMember.directory_user_id).where(
        DirectoryGroupMember.organization_id == group.organization_id,
        DirectoryGroupMember.group_id == group.id,
        test(_among("members", _MEMBER)),
    )
    return list(db.session.scalars(theirs))


def _members(test: Test) -> Condition:
    return sa.exists().where(
        DirectoryGroupMember.organization_id == DirectoryGroup.organization_id,
        DirectoryGroupMember.group_id == DirectoryGroup.id,
        test(_among("members", _MEMBER)),
    )


def _groups(test: Test) -> Condition:
    group = sa.alias(DirectoryGroup.__table__, "group_of")
    parts = {"value": group.c.id, "display": group.c.display_name_key, "type": sa.literal("direct")}
    member = DirectoryGroupMember.__table__
    joined = sa.join(
        member, group, sa.and_(group.c.organization_id == member.c.organization_id, group.c.id == member.c.group_id)
    )
    theirs = (
        sa.select(sa.literal(1))
        .select_from(joined)
        .where(
            member.c.organization_id == DirectoryUser.organization_id,
            member.c.directory_user_id == DirectoryUser.id,
            test(_among("groups", parts)),
        )
    )
    return theirs.correlate(DirectoryUser.__table__).exists()


def _among(name: str, parts: Mapping[str, Any]) -> Part:
    def part(sub: str, _: str) -> Sql:
        found: Sql | None = parts.get(sub)
        if found is None:
            raise invalid_filter(f"{name} cannot be filtered by {sub}. Filter by {name}.value, which is the id.")
        return found

    return part
