"""WorkOS: what its API lists; each object says what it is.

It says nothing of the identity provider behind a connection, nor what that was told: `own_words` adds it. Nor are there
passwords in it.
"""

from collections.abc import Iterable

from portal.moving_in import people, rows
from portal.moving_in.files import Piece
from portal.moving_in.rows import Row
from portal.moving_in.shape import (
    Connection,
    Directory,
    DirectoryGroup,
    DirectoryUser,
    Domain,
    Export,
    Notes,
    Options,
    Organization,
)
from portal.organizations.newcomers import Newcomer

OBJECTS = {
    "organization": "organization", "connection": "connection", "directory": "directory", "directory_user": "directory user",
    "directory_group": "directory group", "user": "user", "organization_membership": "membership",
}  # fmt: skip
LISTS = {"data": ""}
GUIDES = ("azure", "okta", "onelogin", "jump cloud", "rippling", "cyberark", "pingfederate")
NAMES = {"azure": "entra", "jump cloud": "jumpcloud"}
DATES = ("object", "created_at", "updated_at", "createdAt", "updatedAt", "last_sign_in_at", "profile_picture_url")


def read(pieces: Iterable[Piece], options: Options, notes: Notes) -> Export:
    found = rows.sort(pieces, LISTS, lambda row: OBJECTS.get(str(row.value.get("object")), ""), notes)
    parts = _Parts(found)
    made = [_organization(row, parts, notes) for row in found.get("organization", [])]
    ids = {one.id for one in made}
    rows.note_strays(found, dict.fromkeys(("connection", "directory", "membership"), "organization_id"), ids, notes)
    alone = [_person(row, None, notes) for row in found.get("user", []) if row.text("id") not in parts.placed]
    return Export("workos", tuple(made), tuple(alone))


class _Parts:
    """Rows by whom they belong to; `placed` are ids of users who are members somewhere."""

    def __init__(self, found: dict[str, list[Row]]) -> None:
        self.connections = rows.by(found.get("connection", []), "organization_id")
        self.directories = rows.by(found.get("directory", []), "organization_id")
        self.memberships = rows.by(found.get("membership", []), "organization_id")
        self.users = {row.text("id"): row for row in found.get("user", [])}
        self.people = rows.by(found.get("directory user", []), "directory_id")
        self.groups = rows.by(found.get("directory group", []), "directory_id")
        self.placed = {row.text("user_id") for row in found.get("membership", [])}


def _organization(row: Row, parts: _Parts, notes: Notes) -> Organization:
    id = row.text("id")
    joined = [(one, parts.users.get(one.text("user_id"))) for one in parts.memberships.get(id, [])]
    for membership, user in joined:
        if user is None:
            notes.row(membership.where, "names a user who is not in the export")
    made = Organization(
        id=id,
        name=row.text("name") or id,
        domains=tuple(
            Domain(one.text("domain"), verified=one.text("state") in ("verified", "legacy_verified"))
            for one in row.rows("domains")
        ),
        members=tuple(_person(user, one, notes) for one, user in joined if user),
        connections=tuple(_connection(one, notes) for one in parts.connections.get(id, [])),
        directories=tuple(_directory(one, parts, notes) for one in parts.directories.get(id, [])),
    )
    row.note_rest("organization", notes, (*DATES, "allow_profiles_outside_organization"))
    return made


def _person(row: Row, membership: Row | None, notes: Notes) -> Newcomer:
    roles = [membership.part("role").text("slug")] if membership else []
    roles += [one.text("slug") for one in membership.rows("roles")] if membership else []
    made = Newcomer(
        email=row.text("email"),
        name=people.full_name(row, "first_name", "last_name"),
        verified=row.flag("email_verified"),
        password_hash=row.text("password_hash"),
        roles=tuple(dict.fromkeys(filter(None, roles))),
        active=membership is None or membership.text("status") in ("", "active"),
    )
    row.note_rest("user", notes, (*DATES, "id"))
    return made


def _connection(row: Row, notes: Notes) -> Connection:
    kind = row.text("connection_type", "type")
    made = Connection(
        id=row.text("id"),
        name=row.text("name"),
        live=row.text("state", "status") in ("active", "linked", ""),
        problem="" if kind.upper().endswith("SAML") else f"It is no SAML connection, but {kind or 'of no type'}.",
    )
    row.note_rest("connection", notes, (*DATES, "organization_id", "domains", "status"))
    return made


def _directory(row: Row, parts: _Parts, notes: Notes) -> Directory:
    id, kind = row.text("id"), row.text("type")
    members: dict[str, list[str]] = {}
    for person in parts.people.get(id, []):
        for group in person.rows("groups"):
            members.setdefault(group.text("id"), []).append(person.text("id"))
    guide = next((word for word in GUIDES if kind.startswith(word)), "")
    made = Directory(
        id=id,
        name=row.text("name"),
        idp=NAMES.get(guide, guide),
        live=row.text("state") in ("linked", "active"),
        users=tuple(_directory_user(one, notes) for one in parts.people.get(id, [])),
        groups=tuple(_group(one, members) for one in parts.groups.get(id, [])),
        problem="" if "scim" in kind else f"It is no SCIM directory, but {kind or 'of no type'}.",
    )
    row.note_rest("directory", notes, (*DATES, "organization_id", "domain", "external_key"))
    return made


def _directory_user(row: Row, notes: Notes) -> DirectoryUser:
    made = people.user(
        row,
        row.part("raw_attributes"),
        notes,
        active=row.text("state") != "inactive",
        user_name=row.text("username"),
        email=row.text("email") or next((one.text("value") for one in row.rows("emails")), ""),
        given=row.text("first_name"),
        family=row.text("last_name"),
        external_id=row.text("idp_id"),
    )
    row.note_rest("directory user", notes, (*DATES, "organization_id", "groups", "name", "job_title", "role", "roles"))
    return made


def _group(row: Row, members: dict[str, list[str]]) -> DirectoryGroup:
    id = row.text("id")
    return DirectoryGroup(id, people.group(row.text("name"), row.text("idp_id")), tuple(members.get(id, ())))
