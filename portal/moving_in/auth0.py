"""Auth0: users as its export job and its export of password hashes write them, organizations with members and connections,
enterprise connections, and their SCIM configurations.

A connection answered at `/login/callback?connection=…` under `urn:auth0:<tenant>:<name>`; tokens of directories are not in it.
"""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from portal.moving_in import rows
from portal.moving_in.files import Piece
from portal.moving_in.rows import Row
from portal.moving_in.shape import Connection, Directory, Domain, Export, Notes, Options, Organization
from portal.organizations.newcomers import Newcomer

LISTS = {
    "organizations": "organization", "connections": "connection", "users": "user", "scim_configurations": "scim",
}  # fmt: skip
QUIET = [
    "created_at",
    "updated_at",
    "last_login",
    "last_ip",
    "logins_count",
    "last_password_reset",
    "picture",
    "nickname",
    "identities",
    "id",
    "branding",
    "metadata",
    "token_quota",
    "given_name",
    "family_name",
    "password_set_date",
    "tenant",
    "connection",
    "_tmp_is_unique",
    "identifiers",
    "alt_id",
    "_id",
    "user_id",
    "email_verified",
    "username",
    "phone_number",
    "phone_verified",
    "display_name",
    "realms",
    "enabled_clients",
    "strategy",
    "is_domain_connection",
    "show_as_button",
    "provisioning_ticket_url",
    "connected_accounts",
    "authentication",
]


def read(pieces: Iterable[Piece], options: Options, notes: Notes) -> Export:
    found = rows.sort(pieces, LISTS, _kind, notes)
    options = replace(options, tenant=options.tenant or _tenant(found))
    parts = _Parts(found, options, notes)
    made = [_organization(row, parts, notes) for row in found.get("organization", [])]
    for name in parts.connections.keys() - parts.placed:
        made.append(_lone(parts.connections[name], parts))
    members = {one.email for organization in made for one in organization.members}
    alone = [one for one in parts.people.values() if one.email not in members]
    return Export("auth0", tuple(made), tuple(alone))


class _Parts:
    """Users by their ids, connections by theirs; `placed` are connections that an organization has."""

    def __init__(self, found: dict[str, list[Row]], options: Options, notes: Notes) -> None:
        self.people = _people(found.get("user", []), notes)
        self.scim = {row.text("connection_id") for row in found.get("scim", [])}
        self.members = rows.by(found.get("members", []), "organization_id", "id")
        self.enabled = rows.by(found.get("enabled", []), "organization_id", "id")
        usable = [row for row in found.get("connection", []) if row.text("strategy") not in ("auth0", "email", "sms")]
        self.connections = {row.text("id"): _connection(row, options, notes) for row in usable}
        self.domains = {row.text("id"): row.part("options").words("domain_aliases") for row in usable}
        self.options, self.placed = options, set[str]()

    def directories(self, ids: Iterable[str]) -> tuple[Directory, ...]:
        known = [self.connections[id] for id in ids if id in self.scim]
        address = self.options.address
        return tuple(Directory(one.id, one.name, base_url=address(f"/scim/v2/connections/{one.id}")) for one in known)


def _kind(row: Row) -> str:
    if row.has("strategy", "options"):
        return "connection"
    if row.has("connection_id", "user_id_attribute"):
        return "scim"
    if row.has("organization_id") and (row.has("members") or row.has("enabled_connections")):
        return "members" if row.has("members") else "enabled"
    if row.has("user_id") or row.has("passwordHash") or row.has("_id"):
        return "user"
    return "organization" if str(row.value.get("id")).startswith("org_") else ""


def _tenant(found: dict[str, list[Row]]) -> str:
    said = [row.text("tenant", "tenant_name") for kind in ("scim", "user") for row in found.get(kind, [])[:1]]
    return next(filter(None, said), "")


def _people(found: list[Row], notes: Notes) -> dict[str, Newcomer]:
    """The export of hashes and the export job write one person each in their own way: both count."""
    known: dict[str, Newcomer] = {}
    for row in found:
        id, one = _user_id(row), _person(row)
        before = known.get(id, one)
        known[id] = replace(
            before,
            name=before.name or one.name,
            verified=before.verified or one.verified,
            password_hash=before.password_hash or one.password_hash,
        )
        row.note_rest("user", notes, QUIET)
    return known


def _user_id(row: Row) -> str:
    return row.text("user_id") or f"auth0|{row.text('alt_id') or row.part('_id').text('$oid') or row.text('_id')}"


def _person(row: Row) -> Newcomer:
    listed = next((one for one in row.rows("identifiers") if one.text("type") == "email"), None)
    name = row.text("name")
    return Newcomer(
        email=row.text("email") or (listed.text("value") if listed else ""),
        name="" if "@" in name else name,
        verified=row.flag("email_verified") or bool(listed and listed.flag("verified")),
        password_hash=row.text("passwordHash", "password_hash"),
        active=not row.flag("blocked"),
    )


def _organization(row: Row, parts: _Parts, notes: Notes) -> Organization:
    id = row.text("id")
    outer = [row, *parts.members.get(id, []), *parts.enabled.get(id, [])]
    enabled = [one.text("connection_id") for each in outer for one in each.rows("enabled_connections")]
    mine = [one for one in enabled if one in parts.connections]
    parts.placed.update(mine)
    members = [_member(one, parts) for each in outer for one in each.rows("members")]
    names = dict.fromkeys(name for one in mine for name in parts.domains[one])
    row.note_rest("organization", notes, QUIET)
    return Organization(
        id=id,
        name=row.text("display_name", "name") or id,
        domains=tuple(Domain(name, verified=True) for name in names),
        members=tuple(members),
        connections=tuple(parts.connections[one] for one in mine),
        directories=parts.directories(mine),
    )


def _member(row: Row, parts: _Parts) -> Newcomer:
    known = parts.people.get(row.text("user_id"))
    roles = tuple(one.text("name") for one in row.rows("roles") if one.text("name"))
    one = known or Newcomer(email=row.text("email"), name=row.text("name"))
    return replace(one, roles=roles)


def _lone(connection: Connection, parts: _Parts) -> Organization:
    """Who does not use Auth0's organizations has one connection for each customer."""
    names = tuple(Domain(name, verified=True) for name in parts.domains[connection.id])
    return Organization(connection.id, connection.name, names, (), (connection,), parts.directories([connection.id]))


def _connection(row: Row, options: Options, notes: Notes) -> Connection:
    said, name, strategy = row.part("options"), row.text("name"), row.text("strategy")
    made = Connection(
        id=row.text("id"),
        name=row.text("display_name") or name,
        metadata=said.text("metadataXml"),
        sso_url=said.text("signInEndpoint"),
        certificate=said.text("signingCert", "cert"),
        entity_id=said.text("entityId") or (f"urn:auth0:{options.tenant}:{name}" if options.tenant else ""),
        acs_url=options.address(f"/login/callback?connection={quote(name)}"),
        problem="" if strategy == "samlp" else f"It is no SAML connection, but {strategy or 'of no strategy'}.",
    )
    row.note_rest("connection", notes, (*QUIET, "options"))
    return made
