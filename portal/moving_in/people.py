"""Clean SCIM documents from what an export says of a directory's people."""

from portal.moving_in.rows import Row


def document(row: Row, **known: str) -> dict[str, object]:
    """From a SCIM user where the export holds one, with what the export says beside it."""
    name = row.part("name")
    given, family = name.text("givenName") or known.get("given", ""), name.text("familyName") or known.get("family", "")
    email = _email(row) or known.get("email", "")
    said: dict[str, object] = {
        "userName": row.text("userName") or known.get("user_name", "") or email,
        "externalId": row.text("externalId") or known.get("external_id", ""),
        "displayName": row.text("displayName") or name.text("formatted"),
        "name": {key: value for key, value in (("givenName", given), ("familyName", family)) if value},
        "emails": [{"value": email, "type": "work", "primary": True}] if email else [],
        "title": row.text("title"),
    }
    return {key: value for key, value in said.items() if value}


def group(name: str, external_id: str = "") -> dict[str, object]:
    said: dict[str, object] = {"displayName": name}
    return said | {"externalId": external_id} if external_id else said


def full_name(row: Row, given: str, family: str) -> str:
    return " ".join(filter(None, (row.text(given), row.text(family))))


def _email(row: Row) -> str:
    listed = sorted(row.rows("emails"), key=lambda one: not one.flag("primary"))
    return next((one.text("value") for one in listed if one.text("value")), "")
