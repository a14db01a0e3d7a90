"""SSOReady: what its management API lists (`/v1/organizations`, `/v1/saml-connections`, `/v1/scim-directories`, users, groups).

Every connection has addresses of its own. Tokens of directories are not in it.
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

LISTS = {
    "organizations": "organization", "samlConnections": "connection", "scimDirectories": "directory", "scimUsers": "user",
    "scimGroups": "group",
}  # fmt: skip


def read(pieces: Iterable[Piece], options: Options, notes: Notes) -> Export:
    found = rows.sort(pieces, LISTS, _kind, notes)
    parts = _Parts(found)
    made = [_organization(row, parts, notes) for row in found.get("organization", [])]
    rows.note_strays(
        found, {"connection": "organizationId", "directory": "organizationId"}, {one.id for one in made}, notes
    )
    return Export("ssoready", tuple(made))


class _Parts:
    """Rows by whom they belong to."""

    def __init__(self, found: dict[str, list[Row]]) -> None:
        self.connections = rows.by(found.get("connection", []), "organizationId")
        self.directories = rows.by(found.get("directory", []), "organizationId")
        self.users = rows.by(found.get("user", []), "scimDirectoryId")
        self.groups = rows.by(found.get("group", []), "scimDirectoryId")


def _kind(row: Row) -> str:
    if row.has("spAcsUrl"):
        return "connection"
    if row.has("scimBaseUrl"):
        return "directory"
    if row.has("scimDirectoryId"):
        return "group" if row.has("displayName") else "user"
    return "organization" if row.has("environmentId") else ""


def _organization(row: Row, parts: _Parts, notes: Notes) -> Organization:
    id, domains = row.text("id"), row.words("domains")
    made = Organization(
        id=id,
        name=row.text("displayName", "externalId") or (domains or [id])[0],
        domains=tuple(Domain(name, verified=True) for name in domains),
        connections=tuple(_connection(one, notes) for one in parts.connections.get(id, [])),
        directories=tuple(_directory(one, parts, notes) for one in parts.directories.get(id, [])),
    )
    row.note_rest("organization", notes, ("environmentId",))
    return made


def _connection(row: Row, notes: Notes) -> Connection:
    made = Connection(
        id=row.text("id"),
        idp_entity_id=row.text("idpEntityId"),
        sso_url=row.text("idpRedirectUrl"),
        certificate=row.text("idpCertificate"),
        entity_id=row.text("spEntityId"),
        acs_url=row.text("spAcsUrl"),
    )
    row.note_rest("connection", notes, ("primary",))
    return made


def _directory(row: Row, parts: _Parts, notes: Notes) -> Directory:
    id = row.text("id")
    made = Directory(
        id=id,
        base_url=row.text("scimBaseUrl"),
        users=tuple(_user(one, notes) for one in parts.users.get(id, [])),
        groups=tuple(_group(one) for one in parts.groups.get(id, []) if not one.flag("deleted")),
    )
    row.note_rest("directory", notes, ("primary", "hasClientBearerToken"))
    return made


def _user(row: Row, notes: Notes) -> DirectoryUser:
    attributes = row.part("attributes")
    is_active = attributes.flag("active", default=True) and not row.flag("deleted")
    made = people.user(row, attributes, notes, active=is_active, email=row.text("email"))
    row.note_rest("directory user", notes)
    return made


def _group(row: Row) -> DirectoryGroup:
    attributes = row.part("attributes")
    members = tuple(one.text("value") for one in attributes.rows("members"))
    name = row.text("displayName") or attributes.text("displayName")
    return DirectoryGroup(row.text("id"), people.group(name, attributes.text("externalId")), members)
