"""Recorded requests of IdPs and our answers, for the people who must explain them. Callers redact."""

import secrets
import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Connection, Exchange, Organization, Protocol
from portal.settings import current

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread over the telephone
LONGEST = 20_000


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


def of(organization: Organization, connection_id: uuid.UUID, *, limit: int = 20) -> Sequence[Exchange]:
    """The newest first."""
    found = organization.exchanges.select().where(Exchange.connection_id == connection_id)
    return db.session.scalars(found.order_by(Exchange.id.desc()).limit(limit)).all()


def prune(connection: Connection) -> None:
    """Keep the newest `EXCHANGES_KEPT` of this connection."""
    ours = (Exchange.organization_id == connection.organization_id, Exchange.connection_id == connection.id)
    oldest = sa.select(Exchange.id).where(*ours).order_by(Exchange.id.desc()).offset(current().exchanges_kept).limit(1)
    if (last := db.session.scalar(oldest)) is not None:
        db.session.execute(sa.delete(Exchange).where(*ours, Exchange.id <= last))
