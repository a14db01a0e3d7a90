"""What an IdP's own metadata says over time: new keys come in by themselves, anything else is proposed, and what was last
good stays until something better is known."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Connection, SamlConfiguration
from portal.models.base import now
from portal.organizations import connections, events
from portal.organizations.actors import Actor

DAILY = dt.timedelta(days=1)
AGAIN = dt.timedelta(hours=6)  # after a failure
LEASE = dt.timedelta(minutes=10)  # how long one worker has for what it took
HOURLY = dt.timedelta(hours=1)  # the most often a strange signature may make us look
BATCH = 20
MOST_KEYS = 16


def take_due() -> Sequence[Connection]:
    """Connections whose metadata is to be looked at; another worker finds others."""
    due = sa.select(Connection).where(Connection.metadata_due_at <= now()).order_by(Connection.metadata_due_at)
    taken = db.session.scalars(due.limit(BATCH).with_for_update(skip_locked=True)).all()
    for connection in taken:
        connection.metadata_due_at = now() + LEASE if address_of(connection) else None
    return [connection for connection in taken if connection.metadata_due_at]


def address_of(connection: Connection) -> str:
    return connection.live.configuration.metadata_url if connection.live else ""


def look_soon(connection: Connection) -> None:
    """A signature by a key we do not know: perhaps the IdP has a new one. At most once an hour, for anybody can cause it."""
    if not address_of(connection):
        return
    soonest = max(now(), connection.metadata_checked_at + HOURLY) if connection.metadata_checked_at else now()
    if connection.metadata_due_at is None or soonest < connection.metadata_due_at:
        connection.metadata_due_at = soonest


def learn(connection: Connection, said: SamlConfiguration, *, by: Actor) -> None:
    """What the metadata says now. An IdP that changed its own name is never believed by itself."""
    live = connection.live
    if live is None:
        return
    _looked(connection, DAILY)
    connection.metadata_problem = None
    if said.entity_id == live.saml.entity_id:
        _add_keys(connection, said, by)
    present = live.saml
    wanted = replace(
        present, entity_id=said.entity_id, sso_url=said.sso_url, sso_binding=said.sso_binding,
        certificates=said.certificates, slo_url=said.slo_url, slo_response_url=said.slo_response_url,
        slo_binding=said.slo_binding,
    )  # fmt: skip
    if set(wanted.certificates) == set(present.certificates):
        wanted = replace(wanted, certificates=present.certificates)
    if wanted != present:
        _propose(connection, wanted, by)


def fail(connection: Connection, words: str, *, by: Actor) -> None:
    """The last good copy stays in force; said once, until it works again."""
    _looked(connection, AGAIN)
    if connection.metadata_problem is None:
        events.record("connection.metadata_failed", connection.organization_id, connection, by=by, problem=words)
    connection.metadata_problem = words


def _add_keys(connection: Connection, said: SamlConfiguration, by: Actor) -> None:
    """Beside those in force, so that either is accepted while the IdP changes over. The test stays valid: it proved these
    addresses and this IdP, which vouches for its own keys."""
    live = connection.live
    if live is None:
        return
    known = live.saml.certificates
    new = tuple(key for key in said.certificates if key not in known)
    if new and len(known) + len(new) <= MOST_KEYS:
        accept_keys(connection, new, by=by)


def accept_keys(connection: Connection, new: Sequence[str], *, by: Actor) -> None:
    """Further certificates of the same IdP, beside those in force."""
    if live := connection.live:
        live.body = live.body | {"certificates": [*live.saml.certificates, *new]}
        events.record("connection.keys_added", connection.organization_id, connection, by=by, count=len(new))


def _propose(connection: Connection, wanted: SamlConfiguration, by: Actor) -> None:
    """Once for each change; and never in the place of what an admin is preparing."""
    digest = wanted.hash
    if connection.metadata_digest == digest:
        return
    connection.metadata_digest = digest
    if connection.candidate is None:
        connections.put(connection, wanted, by=by)
    events.record("connection.metadata_changed", connection.organization_id, connection, by=by)


def _looked(connection: Connection, pause: dt.timedelta) -> None:
    connection.metadata_checked_at = now()
    connection.metadata_due_at = now() + pause
