"""The right to read one Google directory: a service account that acts for an administrator, or an administrator's consent."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import requests
from google.auth import exceptions
from google.auth.transport.requests import Request
from google.oauth2 import credentials, service_account

from portal.google.troubles import NotRead
from portal.models import PullWay
from portal.organizations.pulls import Ticket
from portal.settings import current

SECONDS = 20
LONGEST_KEY = 20_000
READ = "https://www.googleapis.com/auth/admin.directory."
SCOPES = (f"{READ}user.readonly", f"{READ}group.readonly", f"{READ}group.member.readonly")


class _Credentials(Protocol):
    token: str | None

    def refresh(self, request: Request) -> None: ...


# google-auth is untyped here
_from_key: Callable[..., _Credentials] = service_account.Credentials.from_service_account_info
_from_consent: Callable[..., _Credentials] = credentials.Credentials


@dataclass(frozen=True)
class Account:
    """`secret` is the key's JSON, or the refresh token."""

    way: PullWay
    secret: str
    client_id: str = ""
    admin: str = ""

    @classmethod
    def of(cls, ticket: Ticket) -> "Account":
        return cls(ticket.way, ticket.secret, ticket.client_id, ticket.admin)

    def sign_in(self, line: requests.Session) -> str:
        """An access token; `NotRead` says why there is none. A refusal of all three scopes together does not say which one is
        missing: each is asked for by itself then."""
        try:
            return self._token(line, SCOPES)
        except exceptions.TransportError:
            raise NotRead("unreachable") from None
        except exceptions.RefreshError as error:
            raise self._why(line, error) from None
        except ValueError:
            raise NotRead("not-a-key") from None

    def _token(self, line: requests.Session, scopes: tuple[str, ...]) -> str:
        wanted = self._credentials(scopes)
        wanted.refresh(_Patient(line))
        return str(wanted.token)

    def _credentials(self, scopes: tuple[str, ...]) -> _Credentials:
        if self.way is PullWay.KEY:
            info = json.loads(self.secret) | {"token_uri": token_address()}  # never an address somebody gave us
            return _from_key(info, scopes=scopes, subject=self.admin)
        return _from_consent(
            None, refresh_token=self.secret, token_uri=token_address(), client_id=current().google_client_id,
            client_secret=current().google_client_secret,
        )  # fmt: skip

    def _why(self, line: requests.Session, error: exceptions.RefreshError) -> NotRead:
        code, said = _read(error)
        if getattr(error, "retryable", False):
            return NotRead("unreachable")
        if code in ("invalid_client", "deleted_client"):
            return NotRead("client-unknown" if self.way is PullWay.CONSENT else "key-gone")
        if self.way is PullWay.CONSENT:
            return NotRead("consent-withdrawn")
        if code in ("unauthorized_client", "access_denied", "invalid_scope"):
            return self._undelegated(line)
        return NotRead(_of_grant(said), admin=self.admin)

    def _undelegated(self, line: requests.Session) -> NotRead:
        lacking = [scope for scope in SCOPES if not self._is_granted(line, scope)]
        if not lacking:
            return NotRead("unreachable")  # it counts since a moment ago
        if len(lacking) == len(SCOPES):
            return NotRead("delegation-missing", client_id=self.client_id)
        return NotRead("scopes-missing", client_id=self.client_id, scopes=" and ".join(lacking))

    def _is_granted(self, line: requests.Session, scope: str) -> bool:
        try:
            return bool(self._token(line, (scope,)))
        except exceptions.GoogleAuthError:
            return False


def token_address() -> str:
    return f"{current().google_address}/token" if current().google_address else "https://oauth2.googleapis.com/token"


def read_key(text: str) -> tuple[str, Mapping[str, str]]:
    """What we keep of a key file, as JSON, and its public part. `NotRead` when it is none."""
    try:
        given = json.loads(text) if len(text) <= LONGEST_KEY else None
        wanted = ("private_key_id", "private_key", "client_email", "client_id", "project_id")
        if not isinstance(given, dict) or given.get("type") != "service_account":
            raise NotRead("not-a-key")
        kept = {name: str(given[name]) for name in wanted} | {"type": "service_account"}
        _from_key(kept | {"token_uri": token_address()})
    except (ValueError, KeyError):
        raise NotRead("not-a-key") from None
    return json.dumps(kept), {name: value for name, value in kept.items() if name != "private_key"}


class _Patient(Request):
    """google-auth's transport, with a time limit of ours."""

    def __call__(self, *args: object, **values: object) -> object:
        ask: Callable[..., object] = super().__call__
        return ask(*args, **(values | {"timeout": SECONDS, "allow_redirects": False}))


def _read(error: exceptions.RefreshError) -> tuple[str, str]:
    """(error, description) of RFC 6749 §5.2, as google-auth hands it over."""
    body = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    return str(body.get("error", "")), str(body.get("error_description", "")).casefold()


def _of_grant(said: str) -> str:
    if "email" in said or "user id" in said:
        return "no-such-admin"
    if "reasonable timeframe" in said or "iat" in said.split() or "short-lived" in said:
        return "clock"
    return "key-gone"
