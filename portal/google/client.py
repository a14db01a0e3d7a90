"""Google's Directory API as far as we read it: people, groups and members, page by page, with its errors in our words."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

import requests

from portal.google.accounts import SECONDS, Account
from portal.google.troubles import NotRead
from portal.models.base import Json
from portal.settings import current
from portal.words import _l

PERSON = (
    "id,primaryEmail,name(givenName,familyName,fullName),suspended,archived,organizations(title,department,primary)"
)
WAITS = (1.0, 2.0, 4.0)
BUSY = ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED")
Pause = Callable[[float], object]


class Client:
    """One conversation. `pause` is how we wait when Google asks us to; a page in the browser does not wait."""

    def __init__(self, account: Account, pause: Pause | None = None) -> None:
        self.account, self.pause = account, pause
        self.line = requests.Session()
        self.token = ""

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def people(self, most: int = 500) -> Iterator[list[Json]]:
        """Pages of everybody, suspended and archived accounts as well."""
        query = {"customer": "my_customer", "maxResults": str(most), "orderBy": "email"}
        return self._pages("/users", "users", PERSON, query)

    def groups(self) -> Iterator[list[Json]]:
        query = {"customer": "my_customer", "maxResults": "200"}
        return self._pages("/groups", "groups", "id,email,name,directMembersCount", query)

    def members(self, group_id: str, name: str) -> Iterator[list[Json]]:
        """Also those of the groups inside it."""
        path = f"/groups/{quote(group_id, safe='')}/members"
        query = {"maxResults": "200", "includeDerivedMembership": "true"}
        try:
            yield from self._pages(path, "members", "id,type,email", query)
        except _NotFound:
            raise NotRead("group-gone", group=name) from None

    def _pages(self, path: str, name: str, fields: str, query: Mapping[str, str]) -> Iterator[list[Json]]:
        """Every page or an exception: half a list must never look like a whole one."""
        asked = {**query, "fields": f"nextPageToken,{name}({fields})"}
        seen: set[str] = set()
        while True:
            page = self._ask(path, asked)
            listed, following = page.get(name, []), page.get("nextPageToken")
            if not isinstance(listed, list) or following in seen:
                raise NotRead("unreachable")
            yield listed
            if not following:
                return
            seen.add(str(following))
            asked["pageToken"] = str(following)

    def _ask(self, path: str, query: Mapping[str, str]) -> Json:
        for wait in (*WAITS, None):
            answer = self._get(path, query)
            trouble = None if answer is not None and answer.status_code == 200 else self._why(answer)
            if trouble is None:
                return _object(answer)
            if wait is None or self.pause is None or trouble.code not in ("slow-down", "unreachable"):
                raise trouble
            self.pause(wait)
        raise AssertionError  # the last round returned or raised

    def _get(self, path: str, query: Mapping[str, str]) -> requests.Response | None:
        self.token = self.token or self.account.sign_in(self.line)
        try:
            answer = self.line.get(
                _base() + path, params=query, timeout=SECONDS, allow_redirects=False,
                headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json"},
            )  # fmt: skip
        except requests.RequestException:
            return None
        if answer.status_code == 401:  # an hour has passed: the next attempt signs in anew
            self.token = ""
        return answer

    def _why(self, answer: requests.Response | None) -> NotRead:
        if answer is None or answer.status_code >= 500 or answer.status_code == 401:
            return NotRead("unreachable")
        reasons = _reasons(answer)
        if answer.status_code == 429 or reasons & set(BUSY):
            return NotRead("slow-down")
        if reasons & {"accessNotConfigured", "SERVICE_DISABLED"}:
            return NotRead("api-off")
        if reasons & {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
            return NotRead("consent-incomplete", scopes=_l("a permission to read people or groups"))
        if answer.status_code == 404:
            return _NotFound()
        if answer.status_code == 403:
            return NotRead("not-an-admin", admin=self.account.admin or _l("The account that agreed"))
        return NotRead("unreachable")


class _NotFound(NotRead):
    def __init__(self) -> None:
        super().__init__("unreachable")
        self.code = "not-found"


def _base() -> str:
    return f"{current().google_address or 'https://admin.googleapis.com'}/admin/directory/v1"


def _object(answer: requests.Response | None) -> Json:
    try:
        found = answer.json() if answer is not None else None
    except requests.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise NotRead("unreachable")
    return found


def _reasons(answer: requests.Response) -> set[str]:
    """Both generations of Google's errors: `errors[].reason`, and `details[].reason` beside `status`."""
    try:
        error = answer.json().get("error", {})
        listed = [*error.get("errors", []), *error.get("details", [])]
        return {str(one.get("reason", "")) for one in listed} | {str(error.get("status", ""))}
    except (requests.JSONDecodeError, AttributeError, TypeError):
        return set()
