"""The certificates an IdP may sign with, by hand: the next one early, the former one away.

A certificate that is added counts at once beside the others, so that the IdP can change over when it likes; one that is taken
away waits as a candidate, because sign-ins could stop (wizards.md §2.3 R3).
"""

from portal.models import Connection, ConnectionConfiguration
from portal.organizations import connection_options, events
from portal.organizations.actors import Actor
from portal.organizations.connection_metadata import MOST_KEYS
from portal.organizations.refusals import CertificateKnown, LastCertificate, NoConfiguration, TooManyCertificates


def add(connection: Connection, pem: str, label: str, *, by: Actor) -> None:
    """`label` is what people compare by eye. The test stays valid: the IdP and its addresses are the same."""
    targets = [row for row in (connection.live, connection.candidate) if row]
    if not targets:
        raise NoConfiguration
    if all(pem in row.saml.certificates for row in targets):
        raise CertificateKnown
    for row in targets:
        _add_to(row, pem)
    events.record("connection.certificate_added", connection.organization_id, connection, by=by, certificate=label)


def remove(connection: Connection, pem: str, *, by: Actor) -> ConnectionConfiguration:
    base = connection.candidate or connection.live
    if base is None:
        raise NoConfiguration
    left = tuple(one for one in base.saml.certificates if one != pem)
    if not left:
        raise LastCertificate
    return connection_options.change(connection, by=by, certificates=left)


def _add_to(row: ConnectionConfiguration, pem: str) -> None:
    held = row.saml.certificates
    if len(held) >= MOST_KEYS:
        raise TooManyCertificates
    if pem not in held:
        row.body = row.body | {"certificates": [*held, pem]}
