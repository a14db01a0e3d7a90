"""The certificates an IdP may sign with, by hand: the next one early, the former one away.

A certificate that is added counts at once beside the others, so that the IdP can change over when it likes; one that is taken
away waits as a candidate, because sign-ins could stop (wizards.md §2.3 R3).
"""

from collections.abc import Sequence

from portal.models import Connection, ConnectionConfiguration
from portal.organizations import connection_options, renewal
from portal.organizations.actors import Actor
from portal.organizations.refusals import LastCertificate, NoConfiguration, NothingNew


def add(connection: Connection, pems: Sequence[str], *, by: Actor) -> None:
    """To what is live, and to what waits beside it: the test stays valid, for the IdP and its addresses are the same. A draft
    is staged anew."""
    candidate = connection.candidate
    if connection.live:
        renewal.add_certificates(connection, pems, by=by, at_once=True)
        if candidate and candidate.protocol == "saml":
            candidate.body = candidate.body | {"certificates": _with(candidate, pems)}
        return
    if candidate is None or candidate.protocol != "saml":
        raise NoConfiguration
    if set(pems) <= set(candidate.saml.certificates):
        raise NothingNew
    connection_options.change(connection, by=by, certificates=tuple(_with(candidate, pems)))


def remove(connection: Connection, pem: str, *, by: Actor) -> ConnectionConfiguration:
    base = connection.candidate or connection.live
    if base is None or base.protocol != "saml":
        raise NoConfiguration
    left = tuple(one for one in base.saml.certificates if one != pem)
    if not left:
        raise LastCertificate
    return connection_options.change(connection, by=by, certificates=left)


def _with(row: ConnectionConfiguration, pems: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*row.saml.certificates, *pems]))
