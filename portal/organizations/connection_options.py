"""How a connection asks and what it takes: chosen by an admin, proven by the next test like any other change."""

from dataclasses import replace
from typing import TypedDict, Unpack

from portal.models import Connection, ConnectionConfiguration
from portal.organizations import connections
from portal.organizations.actors import Actor
from portal.organizations.refusals import NoConfiguration


class Options(TypedDict, total=False):
    """What of a SAML configuration is our choice and not the IdP's."""

    sign_requests: bool
    allow_cbc: bool


def change(connection: Connection, *, by: Actor, **chosen: Unpack[Options]) -> ConnectionConfiguration:
    """A candidate that differs from the configuration before it in these options only."""
    base = connection.candidate or connection.live
    if base is None:
        raise NoConfiguration
    wanted = replace(base.saml, **chosen)
    return base if wanted == base.saml else connections.put(connection, wanted, by=by)
