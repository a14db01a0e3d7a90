"""What IdPs send, as bytes or as documents: one function per request that is measured."""

import json
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.seed import DOMAIN, PEOPLE, World, id_of

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass(frozen=True)
class Ask:
    """One request; `body` is JSON or nothing."""

    method: str
    path: str
    body: bytes = b""

    def bytes_for(self, host: str, token: str) -> bytes:
        head = (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
            f"User-Agent: benchmark\r\nContent-Length: {len(self.body)}\r\n"
        )
        kind = "Content-Type: application/scim+json\r\n" if self.body else ""
        return f"{head}{kind}\r\n".encode() + self.body


def person(number: int) -> uuid.UUID:
    return id_of(PEOPLE, number)


def by_user_name(world: World, name: str) -> Ask:
    return _filter(world, f'userName eq "{name}@{DOMAIN}"')


def by_external_id(world: World, number: int) -> Ask:
    return _filter(world, f'externalId eq "00u{number}"')


def by_id(world: World, number: int) -> Ask:
    return Ask("GET", f"{world.path}/Users/{person(number)}")


def create(world: World, name: str) -> Ask:
    """Okta's first push of a person."""
    document = {
        "schemas": [USER], "userName": f"{name}@{DOMAIN}", "name": {"givenName": "New", "familyName": name},
        "emails": [{"primary": True, "value": f"{name}@{DOMAIN}", "type": "work"}], "displayName": f"New {name}",
        "locale": "en-US", "externalId": f"00n{name}", "groups": [], "password": "1mz050nq", "active": True,
    }  # fmt: skip
    return _send("POST", f"{world.path}/Users", document)


def change_three(world: World, number: int, turn: object) -> Ask:
    """Entra's update of three attributes of somebody."""
    wanted = {"title": f"Title {turn}", "name.familyName": f"Family {turn}", f"{ENTERPRISE}:department": f"D{turn}"}
    operations = [{"op": "Replace", "path": path, "value": value} for path, value in wanted.items()]
    return _send("PATCH", f"{world.path}/Users/{person(number)}", {"schemas": [PATCH], "Operations": operations})


def add_members(world: World, size: int, numbers: range) -> Ask:
    value = [{"value": str(person(number))} for number in numbers]
    return _change_group(world, size, {"op": "add", "path": "members", "value": value})


def remove_members(world: World, size: int, numbers: range) -> Ask:
    if len(numbers) == 1:
        return _change_group(world, size, {"op": "remove", "path": f'members[value eq "{person(numbers[0])}"]'})
    value = [{"value": str(person(number))} for number in numbers]
    return _change_group(world, size, {"op": "remove", "path": "members", "value": value})


def read_group(world: World, size: int) -> Ask:
    return Ask("GET", f"{world.path}/Groups/{world.groups[size]}?excludedAttributes=members")


def read_members(world: World, size: int) -> Ask:
    return Ask("GET", f"{world.path}/Groups/{world.groups[size]}")


def page(world: World, start: int, count: int = 100) -> Ask:
    return Ask("GET", f"{world.path}/Users?startIndex={start}&count={count}")


def cursor_page(world: World, cursor: str, count: int = 100) -> Ask:
    return Ask("GET", f"{world.path}/Users?cursor={quote(cursor)}&count={count}")


def config(world: World) -> Ask:
    return Ask("GET", f"{world.path}/ServiceProviderConfig")


def _filter(world: World, words: str) -> Ask:
    return Ask("GET", f"{world.path}/Users?filter={quote(words)}&startIndex=1&count=100")


def _change_group(world: World, size: int, operation: dict[str, object]) -> Ask:
    return _send("PATCH", f"{world.path}/Groups/{world.groups[size]}", {"schemas": [PATCH], "Operations": [operation]})


def _send(method: str, path: str, document: dict[str, object]) -> Ask:
    return Ask(method, path, json.dumps(document).encode())
