"""What a practice IdP knows: people, groups, the application it signs them in to, and the SCIM server it pushes to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

Json = dict[str, object]


@dataclass
class Person:
    """`remote_id` is the id our SCIM server gave them; empty until they were pushed."""

    id: str
    user_name: str
    given_name: str
    family_name: str
    active: bool = True
    assigned: bool = True
    remote_id: str = ""

    @property
    def email(self) -> str:
        return self.user_name

    @property
    def display_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def in_use(self) -> bool:
        """Whether the application should let them in."""
        return self.active and self.assigned


@dataclass
class Group:
    """`pushed` are the remote ids its members had when it was last sent."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    remote_id: str = ""
    pushed: list[str] = field(default_factory=list)


@dataclass
class App:
    """What the learner pasted into the sign-on page."""

    acs_url: str = ""
    entity_id: str = ""
    redirect_uri: str = ""

    @property
    def ready(self) -> bool:
        return bool(self.acs_url and self.entity_id)


@dataclass
class Provisioning:
    """What the learner pasted into the provisioning page; `connected` when the last test of it went well."""

    base_url: str = ""
    token: str = ""
    connected: bool = False


@dataclass
class Cast:
    """`problem` is why the last thing done here did not reach the application; empty when it did. `faults` are what a learner
    switched on; `delegation` is what they let a service account read."""

    app: App = field(default_factory=App)
    provisioning: Provisioning = field(default_factory=Provisioning)
    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    problem: str = ""
    faults: list[str] = field(default_factory=list)
    delegation: str = ""

    def person(self, id: str) -> Person | None:
        return next((person for person in self.people if person.id == id), None)

    def group(self, id: str) -> Group | None:
        return next((group for group in self.groups if group.id == id), None)

    def named(self, user_name: str) -> Person | None:
        wanted = user_name.casefold()
        return next((person for person in self.people if person.user_name.casefold() == wanted), None)

    def members_of(self, group: Group) -> list[Person]:
        return [person for person in self.people if person.id in group.members]

    def groups_of(self, person: Person) -> list[Group]:
        return [group for group in self.groups if person.id in group.members]

    def remove(self, person: Person) -> None:
        self.people.remove(person)
        for group in self.groups:
            group.members = [id for id in group.members if id != person.id]

    def dump(self) -> Json:
        return asdict(self)

    @classmethod
    def load(cls, body: Mapping[str, object]) -> "Cast":
        return cls(
            app=App(**body["app"]),  # type: ignore[arg-type]
            provisioning=Provisioning(**body["provisioning"]),  # type: ignore[arg-type]
            people=[Person(**one) for one in body["people"]],  # type: ignore[attr-defined]
            groups=[Group(**one) for one in body["groups"]],  # type: ignore[attr-defined]
            problem=str(body["problem"]),
            faults=list(body.get("faults", [])),  # type: ignore[call-overload]
            delegation=str(body.get("delegation", "")),
        )
