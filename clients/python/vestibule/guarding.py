"""The rule that every framework's guard applies: a token, a person, an organization, a role or a permission."""

import os
from collections.abc import Mapping

import httpx

from vestibule.identity import User
from vestibule.refusing import Forbidden, Refused, Unauthorized
from vestibule.verifying import Verifier

__all__ = ["Forbidden", "Guard", "Refused", "Unauthorized"]


class Guard:
    """`url` and `client_id` come from VESTIBULE_URL and VESTIBULE_CLIENT_ID where they are not given."""

    def __init__(self, url: str = "", client_id: str = "", *, http: httpx.Client | None = None) -> None:
        self.url = (url or setting("VESTIBULE_URL")).rstrip("/")
        self.client_id = client_id or setting("VESTIBULE_CLIENT_ID")
        self.verifier = Verifier(self.url, self.client_id, http=http)

    def user(self, authorization: str | None) -> User:
        """The person an `Authorization: Bearer …` header brings."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized("Sign in first.")
        return self.verifier.user(token.strip())


def check(user: User, *, role: str | None = None, permission: str | None = None, org_id: str | None = None) -> User:
    """The same person, if they are a member of the organization in force with this role and this permission."""
    organization = user.organization
    if organization is None or (org_id and org_id not in (organization.id, organization.slug)):
        raise Forbidden("You are no member of this organization.")
    if role and not organization.has_role(role):
        raise Forbidden(f"This needs the role “{role}” in {organization.name}.")
    if permission and not organization.may(permission):
        raise Forbidden(f"This needs the permission “{permission}” in {organization.name}.")
    return user


def problem(refused: Refused) -> Mapping[str, object]:
    """A body for programs (RFC 9457)."""
    return {"type": "about:blank", "status": refused.status, "detail": str(refused)}


def setting(name: str) -> str:
    if value := os.environ.get(name):
        return value
    raise LookupError(f"{name} is not set. Give it in the environment or as an argument.")
