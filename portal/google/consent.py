"""Consent of a Google Workspace administrator in the browser, through the operator's OAuth client (RFC 6749 §4.1, RFC 7636)."""

import base64
import hashlib
from urllib.parse import urlencode

import requests

from portal.google.accounts import SCOPES, SECONDS, Account, token_address
from portal.google.troubles import NotRead
from portal.models import PullWay
from portal.settings import current

NEVER_SAID = "Your administrator"


def offered() -> bool:
    return bool(current().google_client_id and current().google_client_secret)


def redirect_address() -> str:
    """What the operator registers at Google, letter by letter."""
    return f"{current().public_url}/setup/consent"


def address(state: str, verifier: str, hint: str = "") -> str:
    """Where the administrator agrees. Always asked anew, since only then Google hands out a refresh token."""
    query = {
        "client_id": current().google_client_id, "redirect_uri": redirect_address(), "response_type": "code",
        "scope": " ".join(SCOPES), "access_type": "offline", "prompt": "consent", "state": state,
        "code_challenge": _challenge(verifier), "code_challenge_method": "S256",
    }  # fmt: skip
    base = current().google_address or "https://accounts.google.com"
    return f"{base}/o/oauth2/v2/auth?{urlencode(query | ({'login_hint': hint} if hint else {}))}"


def redeem(code: str, verifier: str) -> Account:
    """The code for a refresh token that reads all we need; `NotRead` otherwise."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_address(), "code_verifier": verifier,
        "client_id": current().google_client_id, "client_secret": current().google_client_secret,
    }  # fmt: skip
    try:
        answer = requests.post(token_address(), data=form, timeout=SECONDS, allow_redirects=False)
        said = answer.json()
    except requests.RequestException:
        raise NotRead("unreachable") from None
    if not isinstance(said, dict) or answer.status_code >= 500:
        raise NotRead("unreachable")
    if answer.status_code != 200 or not said.get("refresh_token"):
        raise NotRead("client-unknown" if said.get("error") == "invalid_client" else "consent-refused")
    lacking = set(SCOPES) - set(str(said.get("scope", "")).split())
    if lacking:
        raise NotRead("consent-incomplete", scopes=" and ".join(sorted(lacking)))
    return Account(PullWay.CONSENT, str(said["refresh_token"]))


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
