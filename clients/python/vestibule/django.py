"""Django: decorators that say whom a view lets in; the person is `request.vestibule_user`.

vestibule = Vestibule()

@vestibule.require_org_member(permission="read_notes")
def list_notes(request): ...
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from vestibule import guarding
from vestibule.guarding import Guard, Refused
from vestibule.identity import User

View = Callable[..., HttpResponseBase]


class Vestibule(Guard):
    def require_user(self, view: View) -> View:
        """Anybody who is signed in."""
        return self._require(view, lambda user: user)

    def require_org_member(self, *, role: str | None = None, permission: str | None = None) -> Callable[[View], View]:
        """A member of an organization, with this role or this permission where one is named."""
        return lambda view: self._require(view, lambda user: guarding.check(user, role=role, permission=permission))

    def _require(self, view: View, check: Callable[[User], User]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                request.vestibule_user = check(self.user(request.headers.get("Authorization")))
            except Refused as refused:
                return JsonResponse(guarding.problem(refused), status=refused.status, headers=refused.headers)
            return view(request, *args, **kwargs)

        return guarded
