"""/organizations/…/directories/…/group-rules: which group of a directory gives which role; and what a change would do."""

import uuid

from pydantic import Field

from portal.api import bp
from portal.api.directories import ONE
from portal.api.directories import get as directory_of
from portal.api.entry import actor
from portal.api.organizations import role
from portal.api.problems import invalid
from portal.api.speaking import Asked, Shape, speaks
from portal.models import Directory, DirectoryGroup, Role
from portal.organizations import directories, explaining, roles
from portal.web.access import access

SHOWN = 200


class RuleShape(Shape):
    group_id: uuid.UUID
    group: str
    role: str


class RulesShape(Shape):
    """The first one that fits a person decides; whom none fits gets the `default_role`."""

    rules: list[RuleShape]
    default_role: str


class Rule(Asked):
    group_id: uuid.UUID
    role: str = Field(max_length=64)


class RulesChange(Asked):
    """All of them, the strongest first."""

    rules: list[Rule] = Field(max_length=500)


class ConsequenceShape(Shape):
    membership_id: uuid.UUID
    name: str
    email: str
    before: str
    after: str


class WhatIfShape(Shape):
    """`changes` are the first ones of `total`."""

    total: int
    changes: list[ConsequenceShape]


@bp.get(f"{ONE}/group-rules")
@access("api:directories:read")
@speaks(RulesShape)
def show_group_rules(organization: str, directory_id: uuid.UUID) -> RulesShape:
    """Read the rules, the strongest first."""
    return _shape(directory_of(organization, directory_id))


@bp.put(f"{ONE}/group-rules")
@access("api:directories:write")
@speaks(RulesShape)
def set_group_rules(organization: str, directory_id: uuid.UUID, body: RulesChange) -> RulesShape:
    """Replace the rules. In a live directory, they are in force at once."""
    directory = directory_of(organization, directory_id)
    directories.set_group_roles(directory, _rules(directory, body), by=actor())
    return _shape(directory)


@bp.post(f"{ONE}/group-rules/preview")
@access("api:directories:read")
@speaks(WhatIfShape)
def preview_group_rules(organization: str, directory_id: uuid.UUID, body: RulesChange) -> WhatIfShape:
    """Ask who would get another role, before anything is changed."""
    directory = directory_of(organization, directory_id)
    found = explaining.what_if(directory, _rules(directory, body))
    return WhatIfShape(total=len(found), changes=[ConsequenceShape.model_validate(one) for one in found[:SHOWN]])


def _rules(directory: Directory, body: RulesChange) -> list[tuple[DirectoryGroup, Role]]:
    known = {group.id: group for group in directories.groups(directory)}
    for number, rule in enumerate(body.rules):
        if rule.group_id not in known:
            raise invalid(f"/rules/{number}/group_id", "is no group of this directory")
    if len({rule.group_id for rule in body.rules}) < len(body.rules):
        raise invalid("/rules", "name a group once only")
    return [(known[rule.group_id], role(rule.role, f"/rules/{number}/role")) for number, rule in enumerate(body.rules)]


def _shape(directory: Directory) -> RulesShape:
    groups = {group.id: group.display_name for group in directories.groups(directory)}
    keys = {one.id: one.key for one in roles.every()}
    rules = [
        RuleShape(group_id=rule.group_id, group=groups[rule.group_id], role=keys[rule.role_id])
        for rule in directories.group_roles(directory)
    ]
    return RulesShape(rules=rules, default_role=keys[directory.organization.default_role_id])
