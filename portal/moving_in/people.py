"""Clean SCIM documents from what an export says of a directory's people."""

from portal.moving_in.rows import Row, plain
from portal.moving_in.shape import DirectoryUser, Notes
from portal.organizations import users
from portal.scim import cleaning
from portal.scim.attributes import PEOPLE
from portal.scim.errors import ScimError

LONGEST_KEY = cleaning.LONGEST_KEY
NOT_KEPT = ("password", "groups", "schemas", "meta", "id")


def user(row: Row, raw: Row, notes: Notes, *, active: bool, **known: str) -> DirectoryUser:
    """`raw` is the SCIM user where the export holds one, and `known` what the export says beside it."""
    said, known = _cleaned(raw, notes), {name: value for name, value in known.items() if len(value) <= LONGEST_KEY}
    name = said.get("name")
    beside = {"givenName": known.get("given"), "familyName": known.get("family")}
    name = {key: value for key, value in beside.items() if value} | (name if isinstance(name, dict) else {})
    email = known.get("email", "") if users.is_address(known.get("email", "")) else ""
    whole: dict[str, object] = {
        "externalId": known.get("external_id"),
        "name": name,
        "emails": [{"value": email, "type": "work", "primary": True}] if email else None,
        "userName": known.get("user_name") or email,
    }
    document = {key: value for key, value in whole.items() if value} | said
    return DirectoryUser(row.text("id"), document | {"active": active, **({"name": name} if name else {})})


def group(name: str, external_id: str = "") -> dict[str, object]:
    said: dict[str, object] = {"displayName": name}
    return said | {"externalId": external_id} if external_id else said


def full_name(row: Row, given: str, family: str) -> str:
    return " ".join(filter(None, (row.text(given), row.text(family))))


def _cleaned(raw: Row, notes: Notes) -> dict[str, object]:
    """As the SCIM door would keep it; of a document that it would refuse, what the export says beside it has to do."""
    body = {name: plain(value) for name, value in raw.value.items() if name not in NOT_KEPT}
    try:
        cleaned = cleaning.clean(PEOPLE, body)
    except ScimError as error:
        notes.row(raw.where, f"its SCIM attributes are not kept: {error}")
        return {}
    for name in cleaned.ignored:
        notes.field("directory user", name)
    return cleaned.document
