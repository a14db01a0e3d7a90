"""Sending a browser to the IdP with a question, and remembering that we asked."""

from dataclasses import dataclass, replace

from portal.models import Connection, ConnectionConfiguration, ConnectionTest
from portal.models.base import now
from portal.organizations import logins
from portal.saml.authn_request import Question, new_request_id
from portal.saml.parties import ServiceProvider
from portal.saml.providers import provider_of


@dataclass(frozen=True)
class Asked:
    """All that is needed to send the browser off, in plain values: the transaction may end before."""

    provider: ServiceProvider
    question: Question
    binding: str
    browser: str


@dataclass(frozen=True)
class Wish:
    """Which browser asks, where it wants to be afterwards, and for which test, if it is one; then `target` is who is at
    the keyboard, for the report. `anew` asks the IdP to ask the person again."""

    browser: str
    target: str = ""
    test: ConnectionTest | None = None
    anew: bool = False


def ask(connection: Connection, configuration: ConnectionConfiguration, wish: Wish) -> Asked:
    request_id, provider = new_request_id(), provider_of(connection, configuration)
    if wish.anew:
        provider = replace(provider, force_authn=True)
    start = logins.Start(request_id, wish.browser, configuration.config_hash, wish.target, wish.test)
    login = logins.begin(connection, start)
    question = Question(request_id, relay_state=str(login.id), at=now())
    return Asked(provider, question, configuration.saml.sso_binding, wish.browser)
