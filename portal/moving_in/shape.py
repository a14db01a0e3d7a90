"""What every product's export comes to: organizations, their people, connections and directories, in plain values."""

from dataclasses import dataclass, field

from portal.organizations.newcomers import Newcomer


@dataclass(frozen=True)
class Domain:
    name: str
    verified: bool = False


@dataclass(frozen=True)
class Connection:
    """`entity_id` and `acs_url` are what the IdP was told of the application; `shares_address` says that other connections
    answer there as well. The IdP is described by its metadata, or by name, address and certificate."""

    id: str
    name: str = ""
    metadata: str = ""
    idp_entity_id: str = ""
    sso_url: str = ""
    certificate: str = ""
    entity_id: str = ""
    acs_url: str = ""
    shares_address: bool = False
    live: bool = True
    problem: str = ""
    """Why it cannot come along."""


@dataclass(frozen=True)
class DirectoryUser:
    """`document` is a clean SCIM user; `id` is what the identity provider knows the person by."""

    id: str
    document: dict[str, object]


@dataclass(frozen=True)
class DirectoryGroup:
    """`members` are ids of the directory's users."""

    id: str
    document: dict[str, object]
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """`base_url` and `secret` are what the IdP was given; without the secret it needs a new token."""

    id: str
    name: str = ""
    idp: str = ""
    base_url: str = ""
    secret: str = ""
    live: bool = True
    users: tuple[DirectoryUser, ...] = ()
    groups: tuple[DirectoryGroup, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Organization:
    id: str
    name: str
    domains: tuple[Domain, ...] = ()
    members: tuple[Newcomer, ...] = ()
    connections: tuple[Connection, ...] = ()
    directories: tuple[Directory, ...] = ()


@dataclass(frozen=True)
class Export:
    """`people` are those of no organization."""

    source: str
    organizations: tuple[Organization, ...] = ()
    people: tuple[Newcomer, ...] = ()


@dataclass(frozen=True)
class Options:
    """What no export says: where the product answered, and what it called itself towards identity providers."""

    at: str = ""
    entity_id: str = ""
    tenant: str = ""

    def address(self, path: str) -> str:
        """Of the product; empty where nobody said where it answered."""
        return f"{self.at.rstrip('/')}{path}" if self.at else ""


@dataclass
class Notes:
    """What was found and not understood: rows by their place, fields by their names. Nothing is lost without a word."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    fields: dict[tuple[str, str], int] = field(default_factory=dict)

    def row(self, where: str, words: str) -> None:
        self.rows.append((where, words))

    def field(self, noun: str, name: str) -> None:
        self.fields[noun, name] = self.fields.get((noun, name), 0) + 1

    def said(self) -> list[tuple[str, str]]:
        found = [(f"{noun}: {name}", f"not carried over ({many} times)") for (noun, name), many in self.fields.items()]
        return [*self.rows, *found]
