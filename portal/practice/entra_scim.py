"""Microsoft Entra as a SCIM client (facts/scim.md §2.2), with and without its flag aadOptscim062020."""

import uuid

from portal.practice.cast import Group, Json, Person
from portal.practice.scim_client import CORE_GROUP, CORE_USER, ENTERPRISE_USER, ScimClient, entra_filter, patch

FLAG = "aadOptscim062020"
ADSCIM_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
WORK_EMAIL = 'emails[type eq "work"].value'
BY_PATH = ("active", WORK_EMAIL)  # what the flag leaves with a path of its own


class Entra(ScimClient):
    """The flag is written at the end of the Tenant URL. It is a word to Entra's own client, so it is not sent on."""

    agent = "Vestibule practice IdP (Entra)"

    def __init__(self, base_url: str, token: str) -> None:
        address, _, query = base_url.partition("?")
        self.flagged = FLAG in query.split("&")
        super().__init__(address, token)

    def test(self) -> None:
        """A person that cannot exist: the answer must be an empty list, not 404."""
        self.wire.need("GET", "/Users", entra_filter("userName", str(uuid.uuid4())))

    def push(self, person: Person) -> None:
        if not person.remote_id:
            found = self._match(person)
            if found is None:
                person.remote_id = str(self.wire.need("POST", "/Users", body=new_user(person))["id"])
                return
            person.remote_id = str(found["id"])
        stored = self.wire.need("GET", f"/Users/{person.remote_id}")
        changes = changed(stored, person)
        if changes:
            self.wire.need("PATCH", f"/Users/{person.remote_id}", body=patch(self._operations(changes)))

    def delete(self, person: Person) -> None:
        if person.remote_id:
            self.wire.need("DELETE", f"/Users/{person.remote_id}")
        person.remote_id = ""

    def push_group(self, group: Group, members: list[Person]) -> None:
        stored = self._group(group)
        group.remote_id = str(stored["id"])
        if stored.get("displayName") != group.name:
            self._patch_group(group, [self._operation("Replace", "displayName", group.name)])
        wanted = [person.remote_id for person in members]
        new, gone = [id for id in wanted if id not in group.pushed], [id for id in group.pushed if id not in wanted]
        if new:
            self._patch_group(group, [self._operation("Add", "members", self._references(new))])
        if gone:
            self._patch_group(group, self._removals(gone))
        group.pushed = wanted

    def _match(self, person: Person) -> Json | None:
        """By externalId first, since January 2026; then by userName."""
        by_id = self.wire.find("/Users", entra_filter("externalId", person.id))
        return by_id or self.wire.find("/Users", entra_filter("userName", person.user_name))

    def _group(self, group: Group) -> Json:
        if group.remote_id:
            return self.wire.need("GET", f"/Groups/{group.remote_id}", "excludedAttributes=members")
        query = f"excludedAttributes=members&{entra_filter('displayName', group.name)}"
        return self.wire.find("/Groups", query) or self.wire.need("POST", "/Groups", body=new_group(group))

    def _patch_group(self, group: Group, operations: list[Json]) -> None:
        self.wire.need("PATCH", f"/Groups/{group.remote_id}", body=patch(operations))

    def _operations(self, changes: Json) -> list[Json]:
        if not self.flagged:
            return [self._operation("Replace", path, _as_text(value)) for path, value in changes.items()]
        operations: list[Json] = [
            self._operation("Replace", path, changes[path]) for path in BY_PATH if path in changes
        ]
        rest = {path: value for path, value in changes.items() if path not in BY_PATH}
        return operations + ([{"op": "replace", "value": rest}] if rest else [])

    def _operation(self, op: str, path: str, value: object) -> Json:
        return {"op": op.lower() if self.flagged else op, "path": path, "value": value}

    def _references(self, ids: list[str]) -> list[Json]:
        return [{"value": id} if self.flagged else {"$ref": None, "value": id} for id in ids]

    def _removals(self, ids: list[str]) -> list[Json]:
        if self.flagged:
            return [{"op": "remove", "path": f'members[value eq "{id}"]'} for id in ids]
        return [self._operation("Remove", "members", self._references(ids))]


def new_user(person: Person) -> Json:
    return {
        "schemas": [CORE_USER, ENTERPRISE_USER],
        "externalId": person.id,
        "userName": person.user_name,
        "active": person.in_use,
        "emails": [{"primary": True, "type": "work", "value": person.email}],
        "meta": {"resourceType": "User"},
        "name": {
            "formatted": person.display_name,
            "familyName": person.family_name,
            "givenName": person.given_name,
        },
        "roles": [],
    }


def new_group(group: Group) -> Json:
    return {
        "schemas": [CORE_GROUP, ADSCIM_GROUP],
        "externalId": group.id,
        "displayName": group.name,
        "meta": {"resourceType": "Group"},
    }


def changed(stored: Json, person: Person) -> Json:
    """Entra sends what differs, one path for each attribute it maps."""
    return {path: value for path, value in wanted(person).items() if read(stored, path) != value}


def wanted(person: Person) -> Json:
    return {
        "active": person.in_use,
        "displayName": person.display_name,
        WORK_EMAIL: person.email,
        "name.givenName": person.given_name,
        "name.familyName": person.family_name,
        "name.formatted": person.display_name,
        "userName": person.user_name,
        "externalId": person.id,
    }


def read(stored: Json, path: str) -> object:
    if path == WORK_EMAIL:
        emails = stored.get("emails")
        found = [one for one in emails if one.get("type") == "work"] if isinstance(emails, list) else []
        return found[0].get("value") if found else None
    first, _, rest = path.partition(".")
    value = stored.get(first)
    if not rest:
        return value
    return read(value, rest) if isinstance(value, dict) else None


def _as_text(value: object) -> object:
    """Without the flag, Entra writes booleans as text."""
    return str(value) if isinstance(value, bool) else value
