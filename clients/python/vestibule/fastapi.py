"""FastAPI: dependencies that say whom a path operation lets in.

guard = Vestibule()

@app.get("/notes")
def list_notes(user: Annotated[User, Depends(guard.require_org_member(permission="read_notes"))]): ...
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, HTTPException

from vestibule import guarding
from vestibule.guarding import Guard, Refused
from vestibule.identity import User


class Vestibule(Guard):
    """Plain functions, so that FastAPI runs them beside its loop: fetching keys keeps nobody waiting."""

    def require_user(self, authorization: Annotated[str | None, Header()] = None) -> User:
        """Anybody who is signed in."""
        return _http(lambda: self.user(authorization))

    def require_org_member(self, *, role: str | None = None, permission: str | None = None) -> Callable[..., User]:
        """A member of an organization, with this role or this permission where one is named."""

        def member(authorization: Annotated[str | None, Header()] = None) -> User:
            return _http(lambda: guarding.check(self.user(authorization), role=role, permission=permission))

        return member


def _http(find: Callable[[], User]) -> User:
    try:
        return find()
    except Refused as refused:
        raise HTTPException(refused.status, str(refused), refused.headers) from refused
