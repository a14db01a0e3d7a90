"""Okta as a SCIM client (facts/scim.md §2.1): an app made with the App Integration Wizard, and one of the catalogue."""

import secrets

from portal.practice.cast import Group, Json, Person
from portal.practice.scim_client import CORE_GROUP, CORE_USER, ScimClient, okta_filter, patch

PAGE = "startIndex=1&count=100"


class Okta(ScimClient):
    """A custom app of the App Integration Wizard: every change is a PUT of the whole document."""

    agent = "Okta SCIM Client 1.0.0"

    def test(self) -> None:
        self.wire.need("GET", "/Users", "startIndex=1&count=2")
        self.wire.need("GET", "/Groups", PAGE)

    def push(self, person: Person) -> None:
        if not person.remote_id:
            found = self.wire.find("/Users", f"{okta_filter('userName', person.user_name)}&{PAGE}")
            if found is None:
                self._create(person)
                return
            person.remote_id = str(found["id"])
        self._update(person)

    def delete(self, person: Person) -> None:
        """Okta never deletes: it deactivates, and forgets."""
        if person.remote_id:
            person.assigned = False
            self.push(person)

    def push_group(self, group: Group, members: list[Person]) -> None:
        if not group.remote_id:
            found = self.wire.find("/Groups", f"{okta_filter('displayName', group.name)}&{PAGE}")
            group.remote_id = str((found or self._create_group(group))["id"])
        self._send_members(group, members)
        group.pushed = [person.remote_id for person in members]

    def _create(self, person: Person) -> None:
        person.remote_id = str(self.wire.need("POST", "/Users", body=new_user(person))["id"])

    def _update(self, person: Person) -> None:
        stored = self.wire.need("GET", f"/Users/{person.remote_id}")
        self.wire.need("PUT", f"/Users/{person.remote_id}", body=stored | profile(person))

    def _create_group(self, group: Group) -> Json:
        body: Json = {"schemas": [CORE_GROUP], "displayName": group.name, "members": []}
        return self.wire.need("POST", "/Groups", body=body)

    def _send_members(self, group: Group, members: list[Person]) -> None:
        body: Json = {"schemas": [CORE_GROUP], "id": group.remote_id, "displayName": group.name}
        self.wire.need("PUT", f"/Groups/{group.remote_id}", body=body | {"members": listed(members)})


class OktaCatalogue(Okta):
    """An app of Okta's catalogue: deactivation and groups by PATCH, other changes by PUT."""

    def _update(self, person: Person) -> None:
        if person.in_use:
            super()._update(person)
            return
        body = patch([{"op": "replace", "value": {"active": False}}])
        self.wire.need("PATCH", f"/Users/{person.remote_id}", body=body)

    def _send_members(self, group: Group, members: list[Person]) -> None:
        """The name goes along with each change of members, with the group's id beside it."""
        address = f"/Groups/{group.remote_id}"
        rename: Json = {"op": "replace", "value": {"id": group.remote_id, "displayName": group.name}}
        self.wire.need("PATCH", address, body=patch([rename]))
        gone = [id for id in group.pushed if id not in {person.remote_id for person in members}]
        new = [person for person in members if person.remote_id not in group.pushed]
        operations: list[Json] = [{"op": "remove", "path": f'members[value eq "{id}"]'} for id in gone]
        if new:
            operations.append({"op": "add", "path": "members", "value": listed(new)})
        if operations:
            self.wire.need("PATCH", address, body=patch(operations))


def new_user(person: Person) -> Json:
    """A password is always sent, and means nothing."""
    return (
        {"schemas": [CORE_USER]}
        | profile(person)
        | {"locale": "en-US", "groups": [], "password": secrets.token_hex(4), "active": person.in_use}
    )


def profile(person: Person) -> Json:
    return {
        "userName": person.user_name,
        "name": {"givenName": person.given_name, "familyName": person.family_name},
        "emails": [{"primary": True, "value": person.email, "type": "work"}],
        "displayName": person.display_name,
        "externalId": person.id,
        "active": person.in_use,
    }


def listed(members: list[Person]) -> list[Json]:
    return [{"value": person.remote_id, "display": person.user_name} for person in members]
