"""The wire between a practice IdP and a SCIM server: real HTTP, and a transcript of every request and answer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from urllib.parse import quote, quote_plus

import requests

from portal.practice import faults
from portal.practice.cast import Group, Json, Person

SECONDS = 20
CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; `status` is 0 when nobody answered. The token is not in it."""

    method: str
    url: str
    sent: Json | None
    status: int
    answer: object = None
    at: str = ""

    @property
    def fine(self) -> bool:
        return 200 <= self.status < 300

    def words(self) -> str:
        """What the server says of a failure."""
        if not self.status:
            return str(self.answer)
        said = self.answer.get("detail") if isinstance(self.answer, dict) else None
        return f"{self.status}: {said}" if said else f"{self.status}"

    def dump(self) -> Json:
        return asdict(self)


class Failed(Exception):
    """The server did not do what this IdP needs; the IdP stops here and shows it to its admin."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        super().__init__(f"{exchange.method} {exchange.url} was answered with {exchange.words()}")


@dataclass
class Wire:
    """One SCIM server and our token for it."""

    base_url: str
    token: str
    agent: str
    transcript: list[Exchange] = field(default_factory=list)
    faults: frozenset[str] = frozenset()

    def send(self, method: str, path: str, query: str = "", body: Json | None = None) -> Exchange:
        url = f"{self.base_url.rstrip('/')}{path}" + (f"?{query}" if query else "")
        body = faults.spoil(body, self.faults)
        exchange = Exchange(method, url, body, 0)
        try:
            # An IdP follows no redirects with its token.
            answer = requests.request(
                method, url, json=body, headers=self._headers(body), timeout=SECONDS, allow_redirects=False
            )
            exchange = replace(exchange, status=answer.status_code, answer=_read(answer))
        except requests.RequestException as error:
            exchange = replace(exchange, answer=f"Nobody answered ({type(error).__name__}).")
        self.transcript.append(exchange)
        return exchange

    def need(self, method: str, path: str, query: str = "", body: Json | None = None) -> Json:
        """The answer's JSON object; `Failed` for anything but success."""
        exchange = self.send(method, path, query, body)
        if not exchange.fine:
            raise Failed(exchange)
        return exchange.answer if isinstance(exchange.answer, dict) else {}

    def find(self, path: str, query: str) -> Json | None:
        """The first resource of a filtered list."""
        exchange = self.send("GET", path, query)
        if exchange.status == 404:  # Okta tolerates a 404 for an empty list (facts/scim.md §2.1)
            return None
        if not exchange.fine:
            raise Failed(exchange)
        resources = exchange.answer.get("Resources") if isinstance(exchange.answer, dict) else None
        return resources[0] if isinstance(resources, list) and resources else None

    def _headers(self, body: Json | None) -> Mapping[str, str]:
        token = faults.typed(self.token, self.faults)
        headers = {"User-Agent": self.agent, "Accept": "application/scim+json", "Authorization": f"Bearer {token}"}
        return headers | ({"Content-Type": "application/scim+json; charset=utf-8"} if body is not None else {})


class ScimClient:
    """How one vendor's provisioning behaves; `okta_scim.py` and `entra_scim.py` say what each sends."""

    agent = ""

    def __init__(self, base_url: str, token: str) -> None:
        self.wire = Wire(base_url, token, self.agent)

    @property
    def transcript(self) -> list[Exchange]:
        return self.wire.transcript

    def test(self) -> None:
        """What the console's test button sends; `Failed` when it is not content."""
        raise NotImplementedError

    def push(self, person: Person) -> None:
        """Bring the server in line with this person, and remember the id it gave them."""
        raise NotImplementedError

    def delete(self, person: Person) -> None:
        raise NotImplementedError

    def push_group(self, group: Group, members: list[Person]) -> None:
        raise NotImplementedError

    def delete_group(self, group: Group) -> None:
        if group.remote_id:
            self.wire.need("DELETE", f"/Groups/{group.remote_id}")
        group.remote_id, group.pushed = "", []


def patch(operations: list[Json]) -> Json:
    return {"schemas": [PATCH_OP], "Operations": operations}


def okta_filter(attribute: str, value: str) -> str:
    return f"filter={quote(f'{attribute} eq {_quoted(value)}', safe='')}"


def entra_filter(attribute: str, value: str) -> str:
    """Entra writes plus signs for spaces; its raw quotes travel as %22 here, which a server reads alike."""
    return f"filter={quote_plus(f'{attribute} eq {_quoted(value)}')}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read(answer: requests.Response) -> object:
    """JSON where it is, else the beginning of the text."""
    if not answer.content:
        return None
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return answer.text[:2000]
