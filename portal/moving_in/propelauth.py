"""PropelAuth: users and organizations as its backend API lists them, password hashes as its support hands them out, and SAML
connections as `sp_metadata` and `idp_metadata` of an organization."""

from collections.abc import Iterable
from dataclasses import replace

from portal.moving_in import people, rows
from portal.moving_in.files import Piece
from portal.moving_in.rows import Row
from portal.moving_in.shape import Connection, Directory, Domain, Export, Notes, Options, Organization
from portal.organizations.newcomers import Newcomer

LISTS = {"orgs": "organization", "users": "user"}
QUIET = [
    "has_password",
    "username",
    "picture_url",
    "locked",
    "mfa_enabled",
    "can_create_orgs",
    "created_at",
    "last_active_at",
    "legacy_user_id",
    "impersonator_user_id",
    "isolated_org_id",
    "update_password_required",
    "url_safe_org_slug",
    "can_setup_saml",
    "is_saml_configured",
    "is_saml_in_test_mode",
    "legacy_org_id",
    "isolated",
    "domain_autojoin",
    "domain_restrict",
    "user_id",
]


def read(pieces: Iterable[Piece], options: Options, notes: Notes) -> Export:
    found = rows.sort(pieces, LISTS, _kind, notes)
    accounts = _accounts(found.get("user", []), notes)
    members: dict[str, list[Newcomer]] = {}
    for row, one in accounts.values():
        for org_id, said in row.mapping("org_id_to_org_info").items():
            membership = Row(said if isinstance(said, dict) else {}, row.where)
            members.setdefault(org_id, []).append(replace(one, roles=_roles(membership)))
    saml = rows.by(found.get("saml", []), "org_id")
    made = [_organization(row, members, saml, notes) for row in found.get("organization", [])]
    ids = {one.id for one in made}
    for org_id in members.keys() - ids:
        notes.row(org_id, "an organization that people belong to and the export does not hold")
    placed = {one.email for org_id in ids for one in members.get(org_id, [])}
    return Export("propelauth", tuple(made), tuple(one for _, one in accounts.values() if one.email not in placed))


def _kind(row: Row) -> str:
    if row.has("idp_metadata") and not row.has("name"):
        return "saml"
    if row.has("org_id", "name"):
        return "organization"
    return "user" if row.has("email") or row.has("user_id") else ""


def _accounts(found: list[Row], notes: Notes) -> dict[str, tuple[Row, Newcomer]]:
    """A file of hashes may stand beside the list of users."""
    known: dict[str, tuple[Row, Newcomer]] = {}
    for row in found:
        id = row.text("user_id") or row.text("email")
        one = Newcomer(
            email=row.text("email"),
            name=people.full_name(row, "first_name", "last_name"),
            verified=row.flag("email_confirmed"),
            password_hash=row.text("password_hash", "existing_password_hash"),
            active=row.flag("enabled", default=True),
        )
        base, before = known.get(id, (row, one))
        hashed = before.password_hash or one.password_hash
        fuller = row if row.has("org_id_to_org_info") else base
        first = before if before.email else one
        known[id] = fuller, replace(first, password_hash=hashed, verified=before.verified or one.verified)
        row.note_rest("user", notes, (*QUIET, "org_id_to_org_info"))
    return known


def _roles(row: Row) -> tuple[str, ...]:
    listed = [row.text("user_role", "role"), *row.words("additional_roles")]
    return tuple(dict.fromkeys(filter(None, listed)))


def _organization(
    row: Row, members: dict[str, list[Newcomer]], saml: dict[str, list[Row]], notes: Notes
) -> Organization:
    id = row.text("org_id")
    domains = dict.fromkeys(filter(None, [row.text("domain"), *row.words("extra_domains")]))
    ways = [row] if row.has("idp_metadata") else saml.get(id, [])
    scim = row.part("scim")
    made = Organization(
        id=id,
        name=row.text("name") or id,
        domains=tuple(Domain(name) for name in domains),
        members=tuple(members.get(id, ())),
        connections=tuple(_connection(one, id) for one in ways),
        directories=(Directory(id, base_url=scim.text("base_url"), secret=scim.text("token")),) if scim.value else (),
    )
    row.note_rest("organization", notes, (*QUIET, "sp_metadata", "idp_metadata"))
    return made


def _connection(row: Row, organization_id: str) -> Connection:
    idp, ours = row.part("idp_metadata"), row.part("sp_metadata")
    return Connection(
        id=organization_id,
        name=idp.text("provider"),
        idp_entity_id=idp.text("idp_entity_id"),
        sso_url=idp.text("idp_sso_url"),
        certificate=idp.text("idp_certificate"),
        entity_id=ours.text("entity_id"),
        acs_url=ours.text("acs_url"),
    )
