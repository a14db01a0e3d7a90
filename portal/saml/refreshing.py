"""Looking at the metadata of IdPs again, for the worker: nothing is held in the database while an address is asked."""

import uuid

import structlog

from portal.extensions import db
from portal.organizations import connection_metadata, connections
from portal.organizations.actors import Actor, Door
from portal.saml import metadata
from portal.saml.metadata import Reading
from portal.words import noted

log = structlog.get_logger("metadata")


def refresh_due() -> int:
    """How many were looked at."""
    due = [
        (connection.id, connection_metadata.address_of(connection), connection.live.saml.entity_id)
        for connection in connection_metadata.take_due()
        if connection.live
    ]
    db.session.commit()
    for connection_id, address, entity_id in due:
        _keep(connection_id, _read(address, entity_id))
        db.session.commit()
    return len(due)


def _read(address: str, entity_id: str) -> Reading:
    """Of a file that describes several IdPs, ours."""
    reading = metadata.read_address(address)
    return metadata.read_address(address, choose=entity_id) if entity_id in reading.choices else reading


def _keep(connection_id: uuid.UUID, reading: Reading) -> None:
    connection = connections.get(connection_id, for_update=True)
    if connection is None:
        return
    by = Actor(Door.WORKER, str(connection.id), connection.name)
    if reading.metadata:
        connection_metadata.learn(connection, reading.metadata.configuration(reading.url), by=by)
        return
    words = " ".join(finding.words for finding in reading.findings) or noted(
        "This is not metadata of an identity provider."
    )
    log.warning("metadata", connection=str(connection.id), problem=reading.findings[0].code if reading.findings else "")
    connection_metadata.fail(connection, words[:1000], by=by)
