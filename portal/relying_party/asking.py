"""Sending a browser to the OpenID provider with a question, and remembering that we asked."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from portal.models import Connection, ConnectionConfiguration, ConnectionTest, OidcConfiguration
from portal.organizations import logins
from portal.organizations.secrets import new_secret
from portal.relying_party import client
from portal.settings import current

LONGEST_HINT = 320


@dataclass(frozen=True)
class Wish:
    """Which browser asks, where it wants to be afterwards, and for which test, if it is one; then `target` is who is at
    the keyboard, for the report. `hint` is who will sign in, where that is known; `anew` asks the provider to ask again."""

    browser: str
    target: str = ""
    test: ConnectionTest | None = None
    hint: str = ""
    anew: bool = False


def ask(connection: Connection, configuration: ConnectionConfiguration, wish: Wish) -> str:
    """The address that asks; `state` names the sign-in, and means nothing to anybody else."""
    us, state = client.of(connection, configuration), new_secret()
    start = logins.Start(state, wish.browser, configuration.config_hash, wish.target, wish.test)
    logins.begin(connection, start)
    url, _ = us.session().create_authorization_url(
        us.configuration.authorization_endpoint, state=state, nonce=nonce(state, wish.browser),
        code_verifier=verifier(state, wish.browser), **_manner(us.configuration, wish),
    )  # fmt: skip
    return str(url)


def nonce(state: str, browser: str) -> str:
    """This and the verifier come from the secret in the browser's cookie: they are kept nowhere, and fit no other browser."""
    return _derived("nonce", state, browser)


def verifier(state: str, browser: str) -> str:
    """PKCE (RFC 7636): whoever caught the code on its way cannot redeem it."""
    return _derived("verifier", state, browser)


def _derived(purpose: str, state: str, browser: str) -> str:
    text = f"{purpose} {state} {browser}".encode()
    octets = hmac.digest(current().signing_secret.encode(), text, hashlib.sha256)
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _manner(configuration: OidcConfiguration, wish: Wish) -> dict[str, str]:
    asked = {"login_hint": wish.hint[:LONGEST_HINT]} if wish.hint else {}
    if configuration.force_authn or wish.anew:
        asked |= {"prompt": "login", "max_age": "0"}
    if configuration.authn_contexts:
        asked["acr_values"] = " ".join(configuration.authn_contexts)
    return asked
