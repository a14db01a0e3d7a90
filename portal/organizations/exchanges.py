"""Recorded requests of IdPs and our answers, for the people who must explain them. Callers redact."""

import secrets
import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Connection, Directory, Exchange, Organization, Protocol, ScimToken
from portal.settings import current

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread over the telephone
LONGEST = 20_000
PRUNE_EVERY = 64


def new_code() -> str:
    """What a person quotes to support."""
    letters = [secrets.choice(LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def record_saml(
    connection: Connection, *, method: str, path: str, status: int, code: str = "", problem: str = "",
    body: str = "", milliseconds: int = 0, agent: str = "",
) -> Exchange:  # fmt: skip
    exchange = Exchange(
        organization_id=connection.organization_id, connection_id=connection.id, protocol=Protocol.SAML,
        method=method, path=path[:LONGEST], status=status, code=code, problem=problem[:LONGEST],
        request_body=body[:LONGEST], milliseconds=milliseconds, agent=agent[:320],
    )  # fmt: skip
    db.session.add(exchange)
    return exchange


def record_scim(exchange: Exchange) -> None:
    """Now and then the oldest go: not at every one, because an IdP waits for the answer."""
    db.session.add(exchange)
    if exchange.id.int % PRUNE_EVERY == 0:
        _prune(Exchange.organization_id == exchange.organization_id, Exchange.directory_id == exchange.directory_id)


def note_token_use(exchange: Exchange, token_id: uuid.UUID) -> None:
    """A directory that only reads is alive too."""
    theirs = ScimToken.organization_id == exchange.organization_id
    db.session.execute(
        sa.update(ScimToken)
        .where(theirs, ScimToken.id == token_id)
        .values(last_used_at=exchange.at, last_used_agent=exchange.agent)
    )
    db.session.execute(
        sa.update(Directory)
        .where(Directory.organization_id == exchange.organization_id, Directory.id == exchange.directory_id)
        .values(last_request_at=exchange.at)
    )


def of_directory(directory: Directory, *, limit: int = 20) -> Sequence[Exchange]:
    """The newest first."""
    return db.session.scalars(
        sa.select(Exchange)
        .where(Exchange.organization_id == directory.organization_id, Exchange.directory_id == directory.id)
        .order_by(Exchange.id.desc())
        .limit(limit)
    ).all()


def of(organization: Organization, connection_id: uuid.UUID, *, limit: int = 20) -> Sequence[Exchange]:
    """The newest first."""
    found = organization.exchanges.select().where(Exchange.connection_id == connection_id)
    return db.session.scalars(found.order_by(Exchange.id.desc()).limit(limit)).all()


def prune(connection: Connection) -> None:
    """Keep the newest `EXCHANGES_KEPT` of this connection."""
    _prune(Exchange.organization_id == connection.organization_id, Exchange.connection_id == connection.id)


def _prune(*ours: sa.ColumnElement[bool]) -> None:
    oldest = sa.select(Exchange.id).where(*ours).order_by(Exchange.id.desc()).offset(current().exchanges_kept).limit(1)
    if (last := db.session.scalar(oldest)) is not None:
        db.session.execute(sa.delete(Exchange).where(*ours, Exchange.id <= last))
