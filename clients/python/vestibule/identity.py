"""Who is asking: a person, and the organization they act in, as a verified token says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Organization:
    """The organization in force, and what the person may do there."""

    id: str
    name: str
    slug: str
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()

    def has_role(self, role: str) -> bool:
        return role in self.roles

    def may(self, permission: str) -> bool:
        return permission in self.permissions


@dataclass(frozen=True)
class User:
    """`id` is stable for life; `session_id` is the browser's sign-in. `email` and `name` are known where the token carries
    them. `claims` is everything the token says."""

    id: str
    session_id: str
    organization: Organization | None
    email: str = ""
    name: str = ""
    claims: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, claims: Mapping[str, object]) -> "User":
        return cls(
            id=str(claims["sub"]),
            session_id=str(claims.get("sid", "")),
            organization=_organization(claims) if claims.get("org_id") else None,
            email=str(claims.get("email", "")),
            name=str(claims.get("name", "")),
            claims=claims,
        )


def _organization(claims: Mapping[str, object]) -> Organization:
    return Organization(
        id=str(claims["org_id"]),
        name=str(claims.get("org_name", "")),
        slug=str(claims.get("org_slug", "")),
        roles=_words(claims.get("roles")),
        permissions=frozenset(_words(claims.get("permissions"))),
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
