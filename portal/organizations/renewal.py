"""Renewing what ends, early: the next certificate of the identity provider beside the present one, our next key, another
token. Nothing stops working meanwhile, because either is accepted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from portal.models import Connection, Directory, KeyState, ScimToken
from portal.models.base import now
from portal.organizations import audience, connection_keys, connection_metadata, connections, tokens
from portal.organizations.actors import Actor
from portal.organizations.connection_metadata import MOST_KEYS
from portal.organizations.refusals import NoConfiguration, NothingNew, TooManyKeys
from portal.settings import current


def add_certificates(connection: Connection, pems: Sequence[str], *, by: Actor, at_once: bool) -> int:
    """Beside those in force; or, where whoever gives them may not go live, as a candidate for somebody else to switch on.
    Owners are told: whom a certificate is believed, may sign everybody in. Returns how many were new."""
    live = connection.live
    if live is None or live.protocol != "saml":
        raise NoConfiguration
    known = live.saml.certificates
    new = tuple(pem for pem in dict.fromkeys(pems) if pem not in known)
    if not new:
        raise NothingNew
    if len(known) + len(new) > MOST_KEYS:
        raise TooManyKeys
    if at_once:
        connection_metadata.accept_keys(connection, new, by=by)
    else:
        connections.put(connection, replace(live.saml, certificates=(*known, *new)), by=by)
    _warn(connection, len(new), by, at_once)
    return len(new)


def has_next_key(connection: Connection) -> bool:
    return any(key.state is KeyState.NEXT for key in connection_keys.listed(connection))


def another_token(directory: Directory, *, by: Actor) -> tuple[ScimToken, str]:
    """As long-lived as the one that ends first; the old one goes on until its end."""
    lives = [token.expires_at - token.created_at for token in tokens.usable(directory) if token.expires_at]
    days = max(1, round(min(lives) / timedelta(days=1))) if lives else None
    return tokens.issue(directory, by=by, days=days)


def _warn(connection: Connection, count: int, by: Actor, at_once: bool) -> None:
    organization = connection.organization
    state = "is accepted from now on" if at_once else "waits for somebody to switch it on"
    words = (
        f"{by.label or 'Somebody'} gave {'a' if count == 1 else count} further signing certificate{'' if count == 1 else 's'} "
        f"for {connection.name}, {now():%-d %B %Y, %H:%M UTC}. It {state}, beside the present one.\n\n"
        "If that was not your team, switch single sign-on off at once and talk to us:\n"
        f"{current().public_url}/organizations/{organization.slug}/sign-in\n"
    )
    audience.tell(audience.owners(organization.id), f"A new signing certificate for {organization.name}", words)
