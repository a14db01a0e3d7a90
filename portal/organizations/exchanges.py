"""Recorded requests of IdPs and our answers, for the people who must explain them. Callers redact."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Connection, Directory, Exchange, Organization, Protocol, ScimToken
from portal.models.engine import insert_rows
from portal.settings import current

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread over the telephone
LONGEST = 20_000
PRUNE_EVERY = 64


def new_code() -> str:
    """What a person quotes to support."""
    letters = [secrets.choice(LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def record_sign_in(
    connection: Connection, *, method: str, path: str, status: int, code: str = "", problem: str = "",
    body: str = "", milliseconds: int = 0, agent: str = "", protocol: Protocol = Protocol.SAML,
) -> Exchange:  # fmt: skip
    exchange = Exchange(
        organization_id=connection.organization_id, connection_id=connection.id, protocol=protocol,
        method=method, path=path[:LONGEST], status=status, code=code, problem=problem[:LONGEST],
        request_body=body[:LONGEST], milliseconds=milliseconds, agent=agent[:320],
    )  # fmt: skip
    db.session.add(exchange)
    return exchange


@dataclass(frozen=True)
class Used:
    """When a token, and with it its directory, was last used."""

    organization_id: uuid.UUID
    directory_id: uuid.UUID | None
    at: datetime
    agent: str


@dataclass(frozen=True)
class Scim:
    """One request of an IdP and our answer, as it is going to be kept."""

    id: uuid.UUID
    organization_id: uuid.UUID
    directory_id: uuid.UUID
    at: datetime
    method: str
    path: str
    status: int
    milliseconds: int
    agent: str
    token_prefix: str
    problem: str
    request_body: str
    answer_body: str
    protocol: Protocol = Protocol.SCIM


def record_scim(batch: Sequence[Scim]) -> None:
    """By one statement. Now and then the oldest go: not at every one, because an IdP waits for the answer."""
    insert_rows(Exchange, [vars(one) for one in batch])
    for one in batch:
        if one.id.int % PRUNE_EVERY == 0:
            _prune(Exchange.organization_id == one.organization_id, Exchange.directory_id == one.directory_id)


def record_later(batch: Sequence[Scim]) -> None:
    """A directory that was deleted meanwhile needs no record, and must not spoil the others'."""
    ids = {one.directory_id for one in batch}
    there = set(db.session.scalars(sa.select(Directory.id).where(Directory.id.in_(ids))))
    record_scim([one for one in batch if one.directory_id in there])


def note_token_uses(used: Mapping[uuid.UUID, Used]) -> None:
    """Tokens before directories, and in the order of their ids: so that no two transactions wait for each other."""
    for token_id, use in sorted(used.items()):
        theirs = ScimToken.organization_id == use.organization_id
        values = {"last_used_at": use.at, "last_used_agent": use.agent}
        db.session.execute(sa.update(ScimToken).where(theirs, ScimToken.id == token_id).values(values))
    for use in sorted(used.values(), key=lambda use: str(use.directory_id)):
        ours = Directory.organization_id == use.organization_id, Directory.id == use.directory_id
        db.session.execute(sa.update(Directory).where(*ours).values(last_request_at=use.at))


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


def prune_all(organization_ids: Sequence[uuid.UUID]) -> None:
    """Whatever these organizations keep beyond `EXCHANGES_KEPT`: also where only successes are recorded. For the worker."""
    for source in (Exchange.connection_id, Exchange.directory_id):
        many = (
            sa.select(Exchange.organization_id, source)
            .where(Exchange.organization_id.in_(organization_ids), source.is_not(None))
            .group_by(Exchange.organization_id, source)
            .having(sa.func.count() > current().exchanges_kept)
        )
        for organization_id, source_id in db.session.execute(many).all():
            _prune(Exchange.organization_id == organization_id, source == source_id)


def _prune(*ours: sa.ColumnElement[bool]) -> None:
    oldest = sa.select(Exchange.id).where(*ours).order_by(Exchange.id.desc()).offset(current().exchanges_kept).limit(1)
    if (last := db.session.scalar(oldest)) is not None:
        db.session.execute(sa.delete(Exchange).where(*ours, Exchange.id <= last))
