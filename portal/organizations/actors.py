"""Who does something, and through which door they came."""

import enum
from dataclasses import dataclass, field
from datetime import datetime

from portal.words import noted


class Door(enum.StrEnum):
    ACCOUNT = "account"
    AUTH = "auth"
    SETUP = "setup"
    SAML = "saml"
    OIDC = "oidc"
    SCIM = "scim"
    API = "api"
    STAFF = "staff"
    CONSOLE = "console"
    WORKER = "worker"


BY_DIRECTORY = frozenset({Door.SCIM, Door.WORKER})
"""The directory's word is final through these; through every other door the last owner stays (design.md §3)."""


@dataclass(frozen=True)
class Actor:
    """`id` is that of a user, a directory, a link; `label` is what people read in the activity log; `since` is when they
    asked, for whoever must know how long it took."""

    door: Door
    id: str = ""
    label: str = ""
    since: datetime | None = field(default=None, compare=False)

    @property
    def is_directory(self) -> bool:
        return self.door in BY_DIRECTORY


OPERATOR = Actor(Door.CONSOLE, "", noted("Operator"))
