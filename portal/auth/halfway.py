"""A sign-in whose first step is taken and whose second is not: remembered in this browser for a few minutes."""

import time
import uuid
from dataclasses import dataclass

from flask import session as cookie

from portal.models import Method, User
from portal.organizations import users
from portal.settings import current

KEY = "halfway"


@dataclass(frozen=True)
class Halfway:
    user: User
    method: Method
    target: str


def begin(user: User, method: Method, target: str) -> None:
    """The cookie is signed; it opens nothing by itself."""
    cookie[KEY] = {"user": str(user.id), "method": method.value, "target": target, "at": int(time.time())}


def here() -> Halfway | None:
    kept = cookie.get(KEY)
    if not kept or time.time() - kept["at"] > current().second_step_minutes * 60:
        return None
    user = users.get(uuid.UUID(kept["user"]))
    return Halfway(user, Method(kept["method"]), kept["target"]) if user else None
