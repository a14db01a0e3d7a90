"""How a connection asks and what it takes: chosen by an admin, proven by the next test like any other change."""

import re
from dataclasses import fields, replace
from typing import TypedDict, Unpack

from portal.models import Configuration, Connection, ConnectionConfiguration, IdpInitiated
from portal.organizations import connections, events
from portal.organizations.actors import Actor
from portal.organizations.refusals import BadContexts, BadName, BadSessionHours, NoConfiguration, NotAnOption

MOST_HOURS = 365 * 24
CONTEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,240}")  # a URI, as SAML names its methods


class Policies(TypedDict, total=False):
    """What is ours alone, and in force at once."""

    name: str
    idp_initiated: IdpInitiated
    session_hours: int | None
    single_logout: bool


class Options(TypedDict, total=False):
    """What of a configuration is our choice and not the IdP's; signing and CBC are SAML's alone."""

    sign_requests: bool
    allow_cbc: bool
    force_authn: bool
    authn_contexts: tuple[str, ...]
    certificates: tuple[str, ...]


def change(connection: Connection, *, by: Actor, **chosen: Unpack[Options]) -> ConnectionConfiguration:
    """A candidate that differs from the configuration before it in these options only."""
    base = connection.candidate or connection.live
    if base is None:
        raise NoConfiguration
    if not chosen.keys() <= {one.name for one in fields(base.configuration)}:
        raise NotAnOption
    if base.protocol == "saml" and not all(CONTEXT.fullmatch(one) for one in chosen.get("authn_contexts", ())):
        raise BadContexts
    wanted: Configuration = replace(base.configuration, **chosen)  # type: ignore[arg-type]
    return base if wanted == base.configuration else connections.put(connection, wanted, by=by)


def set_policies(connection: Connection, *, by: Actor, **chosen: Unpack[Policies]) -> None:
    """What people call it, whether the IdP's own page may begin a sign-in, how long one lasts, and whether signing out here
    goes on there."""
    changed = {name: value for name, value in chosen.items() if getattr(connection, name) != value}
    if not changed:
        return
    hours = chosen.get("session_hours")
    if hours is not None and not 1 <= hours <= MOST_HOURS:
        raise BadSessionHours
    if not 1 <= len(chosen.get("name", "a name")) <= 100:
        raise BadName
    for name, value in changed.items():
        setattr(connection, name, value)
    events.record(
        "connection.policy_changed", connection.organization_id, connection, by=by, policies=", ".join(sorted(changed))
    )
