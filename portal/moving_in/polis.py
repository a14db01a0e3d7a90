"""Polis (BoxyHQ's SAML Jackson): connections and directories as `/api/v1/sso` and `/api/v1/dsync` list them.

A tenant is an organization. Every connection answered at one address under one name; the directory's secret is in the export.
"""

import base64
import binascii
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

AUDIENCE = "https://saml.boxyhq.com"
ACS = "/api/oauth/saml"
LISTS = {"data": "", "connections": "connection", "directories": "directory"}
TYPES = {
    "azure-scim-v2": "entra", "okta-scim-v2": "okta", "onelogin-scim-v2": "onelogin", "jumpcloud-scim-v2": "jumpcloud",
}  # fmt: skip
OURS = ("clientID", "clientSecret", "product", "description", "label", "sortOrder", "acsUrl", "log_webhook_events")


def read(pieces: Iterable[Piece], options: Options, notes: Notes) -> Export:
    found = rows.sort(pieces, LISTS, _kind, notes)
    listed = found.get("people", [])
    tenants: dict[str, Organization] = {}
    at = options.at or _answered_at(found.get("directory", []))
    options = Options(at, options.entity_id or AUDIENCE, options.tenant)
    for row in found.get("connection", []):
        _put(tenants, row, notes, connection=_connection(row, options, notes))
    for row in found.get("directory", []):
        _put(tenants, row, notes, directory=_directory(row, listed, options, notes))
    return Export("polis", tuple(tenants.values()))


def _kind(row: Row) -> str:
    if row.has("directoryId", "data"):
        return "people"
    if row.has("clientID", "tenant"):
        return "connection"
    return "directory" if row.has("scim", "tenant") else ""


def _put(
    tenants: dict[str, Organization],
    row: Row,
    notes: Notes,
    *,
    connection: Connection | None = None,
    directory: Directory | None = None,
) -> None:
    tenant = row.text("tenant")
    if not tenant:
        notes.row(row.where, "names no tenant")
        return
    before = tenants.get(tenant, Organization(tenant, tenant, (Domain(tenant),) if "." in tenant else ()))
    tenants[tenant] = Organization(
        before.id,
        before.name,
        before.domains,
        connections=(*before.connections, *filter(None, (connection,))),
        directories=(*before.directories, *filter(None, (directory,))),
    )


def _connection(row: Row, options: Options, notes: Notes) -> Connection:
    idp, is_openid = row.part("idpMetadata"), row.has("oidcProvider")
    sso = idp.part("sso")
    made = Connection(
        id=row.text("clientID"),
        name=row.text("name") or idp.text("friendlyProviderName"),
        metadata=row.text("rawMetadata") or _decoded(row.text("encodedRawMetadata")),
        idp_entity_id=idp.text("entityID"),
        sso_url=sso.text("redirectUrl", "postUrl"),
        certificate=idp.text("publicKey", "x509cert"),
        entity_id=options.entity_id,
        acs_url=options.address(ACS),
        shares_address=True,
        live=not row.flag("deactivated"),
        problem="It speaks OpenID Connect; its redirect address has to be changed at the provider."
        if is_openid
        else "",
    )
    row.note_rest("connection", notes, (*OURS, "tenant", "oidcProvider", "metadataUrl"))
    return made


def _directory(row: Row, listed: list[Row], options: Options, notes: Notes) -> Directory:
    scim, id, kind = row.part("scim"), row.text("id"), row.text("type")
    inside = [row, *(one for one in listed if one.text("directoryId") == id)]
    lists = [one for outer in inside for name in ("users", "groups", "data") for one in outer.rows(name)]
    made = Directory(
        id=id,
        name=row.text("name"),
        idp=TYPES.get(kind, ""),
        base_url=scim.text("endpoint") or options.address(scim.text("path")),
        secret=scim.text("secret"),
        live=not row.flag("deactivated"),
        users=tuple(_user(one, notes) for one in lists if one.has("email")),
        groups=tuple(_group(one, notes) for one in lists if not one.has("email") and one.has("name")),
        problem="It was read from Google; connect it anew with its guide." if kind.startswith("google") else "",
    )
    row.note_rest("directory", notes, (*OURS, "tenant", "webhook"))
    return made


def _user(row: Row, notes: Notes) -> DirectoryUser:
    made = people.user(
        row, row.part("raw"), notes, active=row.flag("active", default=True),
        email=row.text("email"), given=row.text("first_name"), family=row.text("last_name"),
    )  # fmt: skip
    row.note_rest("directory user", notes)
    return made


def _group(row: Row, notes: Notes) -> DirectoryGroup:
    raw = row.part("raw")
    members = [one.text("user_id", "value", "id") for outer in (row, raw) for one in outer.rows("members")]
    return DirectoryGroup(row.text("id"), people.group(row.text("name"), raw.text("externalId")), tuple(members))


def _answered_at(directories: list[Row]) -> str:
    """The product's own address, which the directories' are made of."""
    for row in directories:
        scim = row.part("scim")
        path, endpoint = scim.text("path"), scim.text("endpoint")
        if path and endpoint.endswith(path):
            return endpoint.removesuffix(path)
    return ""


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "ignore")
    except (binascii.Error, ValueError):
        return ""
