"""A Google directory read whole into plain values: people as SCIM writes them, and the chosen groups with their members."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from portal.google.client import Client
from portal.google.troubles import NotRead
from portal.models.base import Json, key
from portal.organizations.pulled_people import PulledGroup

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Snapshot:
    """Everybody a pull found, by the id Google gives them, and the groups that were chosen."""

    people: Mapping[str, Json]
    groups: tuple[PulledGroup, ...]


def read(client: Client, *, everybody: bool, groups: Sequence[Mapping[str, str]], tell: Progress) -> Snapshot:
    """All pages of all of it, or `NotRead`. `tell` hears how far it is."""
    people: dict[str, Json] = {}
    for page in client.people():
        people |= {str(one["id"]): document(one) for one in page if one.get("id") and one.get("primaryEmail")}
        tell("people", len(people), 0)
    found = []
    for number, group in enumerate(groups):
        tell("groups", number, len(groups))
        found.append(PulledGroup(group["id"], group["name"], group["email"], _members(client, group, people)))
    if not everybody:
        chosen = {id for group in found for id in group.members}
        people = {id: person for id, person in people.items() if id in chosen}
    return Snapshot(people, tuple(_told_apart(found)))


def document(person: Json) -> Json:
    """A clean SCIM user. Suspended and archived accounts are inactive."""
    name, address = _part(person.get("name")), str(person["primaryEmail"])[:320]
    first, last = str(name.get("givenName") or ""), str(name.get("familyName") or "")
    said: Json = {
        "externalId": str(person["id"]),
        "userName": address,
        "active": not (person.get("suspended") or person.get("archived")),
        "name": {"givenName": first, "familyName": last},
        "displayName": str(name.get("fullName") or f"{first} {last}".strip()),
        "emails": [{"value": address, "type": "work", "primary": True}],
    }
    work = _work(person)
    if work.get("title"):
        said["title"] = str(work["title"])
    if work.get("department"):
        said[ENTERPRISE] = {"department": str(work["department"])}
    return said


def first_names(client: Client, most: int = 5) -> list[str]:
    """What shows somebody that it works: the first people, as their directory orders them."""
    for page in client.people(most):
        return [str(document(one)["displayName"] or one["primaryEmail"]) for one in page if one.get("primaryEmail")]
    return []


def every_group(client: Client) -> list[dict[str, str]]:
    """To choose from, in the order of their names."""
    found = [
        {"id": str(one["id"]), "name": str(one.get("name") or one.get("email")), "email": str(one.get("email", ""))}
        for page in client.groups()
        for one in page
        if one.get("id")
    ]
    return sorted(found, key=lambda group: key(group["name"]))


def _members(client: Client, group: Mapping[str, str], people: Mapping[str, Json]) -> tuple[str, ...]:
    """`CUSTOMER` among the members means everybody of the company; guests from elsewhere are nobody of this directory."""
    ids: dict[str, None] = {}
    for page in client.members(group["id"], group["name"]):
        for member in page:
            if member.get("type") == "CUSTOMER":
                return tuple(people)
            ids[str(member.get("id"))] = None
    return tuple(id for id in ids if id in people)


def _told_apart(groups: Sequence[PulledGroup]) -> list[PulledGroup]:
    """Google allows two groups of one name."""
    names = Counter(key(group.name) for group in groups)
    return [
        PulledGroup(group.id, group.full_name, group.address, group.members) if names[key(group.name)] > 1 else group
        for group in groups
    ]


def _work(person: Json) -> Json:
    listed = person.get("organizations")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return next((one for one in found if one.get("primary")), found[0] if found else {})


def _part(value: object) -> Json:
    return value if isinstance(value, dict) else {}


__all__ = ["NotRead", "Snapshot", "every_group", "first_names", "read"]
