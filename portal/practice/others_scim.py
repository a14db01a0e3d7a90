"""OneLogin and JumpCloud as SCIM clients (facts/scim.md; tests/recorded/onelogin, tests/recorded/jumpcloud)."""

from portal.practice.cast import Group, Json, Person
from portal.practice.okta_scim import profile
from portal.practice.scim_client import CORE_GROUP, CORE_USER, ScimClient, entra_filter, okta_filter, patch

ONELOGIN_USER = "urn:ietf:params:scim:schemas:core:2.0:User"


class MembersByPatch(ScimClient):
    """Groups are made empty; members come and go as lists of what differs."""

    def push_group(self, group: Group, members: list[Person]) -> None:
        if not group.remote_id:
            found = self.wire.find("/Groups", okta_filter("displayName", group.name))
            made = found or self.wire.need("POST", "/Groups", body={"schemas": [CORE_GROUP], "displayName": group.name})
            group.remote_id = str(made["id"])
        else:
            rename: Json = {"op": "replace", "value": {"displayName": group.name}}
            self.wire.need("PATCH", f"/Groups/{group.remote_id}", body=patch([rename]))
        wanted = [person.remote_id for person in members]
        new, gone = [id for id in wanted if id not in group.pushed], [id for id in group.pushed if id not in wanted]
        for op, ids in (("add", new), ("remove", gone)):
            if ids:
                operation: Json = {"op": op, "path": "members", "value": [{"value": id} for id in ids]}
                self.wire.need("PATCH", f"/Groups/{group.remote_id}", body=patch([operation]))
        group.pushed = wanted


class OneLogin(MembersByPatch):
    """Writes people whole, by the template its admin pasted."""

    agent = "Vestibule practice IdP (OneLogin)"

    def test(self) -> None:
        self.wire.need("GET", "/Users", entra_filter("userName", "onelogin-test-user01"))

    def push(self, person: Person) -> None:
        if not person.remote_id:
            found = self.wire.find("/Users", entra_filter("userName", person.user_name))
            if found is None:
                body = {"schemas": [ONELOGIN_USER]} | profile(person)
                person.remote_id = str(self.wire.need("POST", "/Users", body=body)["id"])
                return
            person.remote_id = str(found["id"])
        self.wire.need("PUT", f"/Users/{person.remote_id}", body={"schemas": [ONELOGIN_USER]} | profile(person))

    def delete(self, person: Person) -> None:
        """“Suspend”, as our guide advises, comes before the end."""
        if person.remote_id:
            person.assigned = False
            self.push(person)
            self.wire.need("DELETE", f"/Users/{person.remote_id}")
        person.remote_id = ""


class JumpCloud(MembersByPatch):
    """Makes and deletes a test person and a test group when it is activated."""

    agent = "Vestibule practice IdP (JumpCloud)"

    def test(self) -> None:
        self.wire.find("/Users", okta_filter("userName", "test@jumpcloud.example"))
        body: Json = {"schemas": [CORE_USER], "userName": "test@jumpcloud.example", "active": True}
        person = self.wire.need("POST", "/Users", body=body)
        group = self.wire.need("POST", "/Groups", body={"schemas": [CORE_GROUP], "displayName": "Test Group"})
        self.wire.need("DELETE", f"/Groups/{group['id']}")
        self.wire.need("DELETE", f"/Users/{person['id']}")

    def push(self, person: Person) -> None:
        if not person.remote_id:
            found = self.wire.find("/Users", okta_filter("userName", person.user_name))
            if found is None:
                made = self.wire.need("POST", "/Users", body={"schemas": [CORE_USER]} | profile(person))
                person.remote_id = str(made["id"])
                return
            person.remote_id = str(found["id"])
        address = f"/Users/{person.remote_id}"
        if person.in_use:
            self.wire.need("PUT", address, body={"schemas": [CORE_USER]} | profile(person))
        else:
            self.wire.need("PATCH", address, body=patch([{"op": "replace", "value": {"active": False}}]))

    def delete(self, person: Person) -> None:
        if person.remote_id:
            self.wire.need("DELETE", f"/Users/{person.remote_id}")
        person.remote_id = ""
