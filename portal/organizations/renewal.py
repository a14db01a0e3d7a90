"""Renewing what ends, early: the next certificate of the identity provider beside the present one, our next key, another
token. Nothing stops working meanwhile, because either is accepted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from portal.models import Connection, Directory, KeyState, Organization, ScimToken
from portal.models.base import now
from portal.organizations import audience, connection_keys, connection_metadata, connections, tokens
from portal.organizations.actors import Actor
from portal.organizations.connection_metadata import MOST_KEYS
from portal.organizations.refusals import NoConfiguration, NothingNew, TooManyKeys
from portal.settings import current
from portal.words import _, day, ngettext


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
    readers = audience.owners(organization.id)
    audience.tell(readers, lambda: _composed(organization, _given(connection, count, by), at_once))


def _composed(organization: Organization, given: str, at_once: bool) -> tuple[str, str]:
    state = (
        _("It is accepted from now on, beside the present one.")
        if at_once
        else _("It waits for somebody to switch it on, beside the present one.")
    )
    warning = _(
        "If that was not your team, switch single sign-on off at once and talk to us:\n%(url)s\n",
        url=f"{current().public_url}/organizations/{organization.slug}/sign-in",
    )
    subject = _("A new signing certificate for %(organization)s", organization=organization.name)
    return subject, f"{given} {state}\n\n{warning}"


def _given(connection: Connection, count: int, by: Actor) -> str:
    at = now()
    return ngettext(
        "%(who)s gave a further signing certificate for %(connection)s, %(day)s, %(time)s.",
        "%(who)s gave %(num)s further signing certificates for %(connection)s, %(day)s, %(time)s.",
        count, who=by.label or _("Somebody"), connection=connection.name, day=day(at), time=f"{at:%H:%M UTC}",
    )  # fmt: skip
