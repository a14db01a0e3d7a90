"""The two cards of Sign-in & provisioning: what state it is in, what is known, and the one thing to do next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from flask import url_for

from portal.models import Connection, Directory, Mode, Organization
from portal.models.base import now
from portal.organizations import connections, directories, tokens
from portal.saml import certificates
from wizards import loading

Deed = Callable[[], object]
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Next:
    label: str
    url: str


@dataclass(frozen=True)
class Card:
    """`kind` is one of the status component's; `facts` are (label, value) with plain text or times."""

    kind: str
    state: str
    words: str
    next: Next | None = None
    facts: list[tuple[str, object]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def sso(organization: Organization, connection: Connection | None) -> Card:
    start = url_for("setup.choose_idp", slug=organization.slug, flow="sso")
    if connection is None:
        words = "Your people sign in with the account they have at work. It takes about ten minutes in your identity provider."
        return Card("off", "Not set up", words, Next("Set up single sign-on", start))
    go_on = url_for("setup.resume", slug=organization.slug, flow="sso")
    facts: list[tuple[str, object]] = [("Identity provider", _name(connection.idp))]
    if not connection.live:
        proven = connection.candidate and connections.has_passed(connection, connection.candidate.config_hash)
        words = (
            "The test passed. Switch it on when you are ready."
            if proven
            else "Begun, and not switched on yet. Nothing has changed for your people."
        )
        return Card("waiting", "Tested" if proven else "In progress", words, Next("Go on with set-up", go_on), facts)
    facts += [("Last sign-in", connection.last_sign_in_at), _vouched(connection)]
    warnings = _certificate_warnings(connection)
    words = "Your people sign in through your identity provider."
    kind, state = ("attention", "Needs attention") if warnings else ("ok", "Live")
    return Card(kind, state, words, Next("Change the configuration", go_on), facts, warnings)


def scim(organization: Organization, connection: Connection | None, directory: Directory | None) -> Card:
    if not (connection and connection.live) and directory is None:
        words = "People arrive, change and leave by themselves. It needs single sign-on first."
        return Card("off", "Needs single sign-on first", words)
    if directory is None:
        start = url_for("setup.choose_idp", slug=organization.slug, flow="scim")
        words = "People arrive, change and leave by themselves, as your directory says."
        return Card("off", "Not set up", words, Next("Set up provisioning", start))
    go_on = Next("Go on with set-up", url_for("setup.resume", slug=organization.slug, flow="scim"))
    facts: list[tuple[str, object]] = [
        ("Directory", _name(directory.idp)),
        ("People received", str(directories.count_users(directory))),
        ("Last request", directory.last_request_at),
        ("Token last used", max((t.last_used_at for t in tokens.usable(directory) if t.last_used_at), default=None)),
    ]
    kind, state, words = _MODES[directory.mode]
    return Card(kind, state, words, None if directory.mode is Mode.LIVE else go_on, facts)


_MODES = {
    Mode.SHADOW: (
        "waiting",
        "Receiving, not applied",
        "Your directory may talk to us; nothing is changed until you switch it on.",
    ),
    Mode.LIVE: ("ok", "Live", "Your directory decides who works here. Deactivated people lose access at once."),
    Mode.PAUSED: (
        "attention",
        "Paused",
        "What the directory says is received and kept, and not applied until you resume.",
    ),
    Mode.OFF: ("off", "Switched off", "The directory is answered that it is switched off."),
}


def _name(idp: str) -> str:
    wizard = loading.load_all().get(idp)
    return wizard.name if wizard else idp


def _vouched(connection: Connection) -> tuple[str, object]:
    """By what we know the IdP: a certificate with its end, or an OpenID issuer."""
    if connection.live and connection.live.protocol == "oidc":
        return "OpenID issuer", connection.live.configuration.issuer
    return "Certificate until", _expiry(connection)


def _expiry(connection: Connection) -> object:
    ends = [certificate.not_after for certificate in _certificates(connection)]
    return max(ends) if ends else None


def _certificate_warnings(connection: Connection) -> list[str]:
    ends = [certificate.not_after for certificate in _certificates(connection)]
    if not ends or max(ends) > now() + SOON:
        return []
    verb = "has expired" if max(ends) < now() else "expires soon"
    return [f"The signing certificate {verb}. Renew it in your identity provider, then give us the metadata again."]


def _certificates(connection: Connection) -> tuple[certificates.Certificate, ...]:
    if connection.live is None:
        return ()
    try:
        return certificates.read("\n".join(connection.live.configuration.certificates))
    except certificates.UnreadableCertificate:
        return ()
