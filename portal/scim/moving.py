"""PATCH on the members of a group, which are rows: by list, by id, or by any filter in [ ] (RFC 7644 §3.5.2)."""

import uuid

from portal.models import DirectoryGroup
from portal.organizations import aliases, directory_people
from portal.scim import dialects, expressions, patch
from portal.scim.attributes import GROUPS
from portal.scim.changing import Target
from portal.scim.entry import actor, directory, place
from portal.scim.errors import ScimError, invalid_value, mutability, no_target
from portal.scim.patch import Operation
from portal.settings import current
from portal.web import former

Document = dict[str, object]


def sorted_out(wanted: list[Operation]) -> tuple[list[Operation], list[Operation]]:
    """Those about attributes, and those about members."""
    plain: list[Operation] = []
    moves: list[Operation] = []
    for operation in wanted:
        if operation.path:
            _, bare = dialects.split_urn(GROUPS, operation.path)
            about_members = bare.partition("[")[0].partition(".")[0].casefold() == "members"
            (moves if about_members else plain).append(
                Operation(operation.name, bare or operation.path, operation.value)
            )
            continue
        rest: Document = {}
        for name, value in _attributes(operation).items():
            if name.casefold() == "members":
                moves.append(Operation(operation.name, "members", value))
            else:
                rest[name] = value
        plain += [Operation(operation.name, "", rest)] if rest else []
    return plain, moves


def _attributes(operation: Operation) -> Document:
    if not isinstance(operation.value, dict):
        raise invalid_value(
            f"The {operation.name} operation has no path, so its value must be an object of attributes."
        )
    return dialects.expand_keys(GROUPS, operation.value)


def move(group: DirectoryGroup, operation: Operation) -> bool:
    """Whether anybody came or went."""
    one = dialects.one_member(operation.path)
    if one is not None:
        return _move_one(group, operation, one)
    found = patch.target(GROUPS, operation.path)
    if found.sub:
        raise mutability("A member’s parts cannot be changed. Remove the member, then add the other one.")
    if found.inner is not None:
        return _move_chosen(group, operation, found)
    return _move_listed(group, operation)


def _move_listed(group: DirectoryGroup, operation: Operation) -> bool:
    """Entra's removal by value takes those it names, never everybody (tests/recorded/entra/scim/members-removed-by-value)."""
    named = dialects.member_ids(operation.value)
    if operation.name == "add":
        return directory_people.add_members(directory(), group, ids(named), by=actor())
    if operation.name == "replace" or operation.value is None:
        return directory_people.set_members(directory(), group, ids(named), by=actor())
    return directory_people.remove_members(directory(), group, ids(named, strict=False), by=actor())


def _move_one(group: DirectoryGroup, operation: Operation, one: str) -> bool:
    if operation.name == "remove":
        return directory_people.remove_members(directory(), group, ids([one], strict=False), by=actor())
    if operation.value is not None and dialects.member_ids(operation.value) not in ([one], []):
        raise mutability("A member cannot be turned into another one. Remove the member, then add the other one.")
    return directory_people.add_members(directory(), group, ids([one]), by=actor())


def _move_chosen(group: DirectoryGroup, operation: Operation, found: Target) -> bool:
    chosen = expressions.members_where(group, found.inner) if found.inner else []
    if operation.name == "remove":
        return directory_people.remove_members(directory(), group, chosen, by=actor())
    if not chosen:
        raise no_target("No member of the group matches the filter of the path, so nothing can be changed.")
    raise mutability("A member’s parts cannot be changed. Remove the member, then add the other one.")


def listed(sent: Document) -> list[uuid.UUID]:
    """The members of a whole group, as POST and PUT send it."""
    return ids(dialects.member_ids(dialects.expand_keys(GROUPS, _folded(sent)).get("members")))


def _folded(sent: Document) -> Document:
    return {"members" if name.casefold() == "members" else name: value for name, value in sent.items()}


def ids(named: list[str], *, strict: bool = True) -> list[uuid.UUID]:
    """Ids of ours; what cannot be one names nobody, which only a removal may pass over."""
    if len(named) > current().scim_max_members:
        raise ScimError(413, f"More than {current().scim_max_members} members in one request. Send them in several.")
    found = []
    for one in named:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            if former.address():  # an id of another product: the person's here is made from it
                found.append(aliases.id_in(place().id, one))
            elif strict:
                raise invalid_value(
                    f"{one[:60]!r} is not the id of a person in this directory. Assign the people to the application first, "
                    "then push the group."
                ) from None
    return found
