"""Single logout: an IdP ends what it began, and a person who signs out here may sign out there as well."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Connection, LoginPurpose, LoginTransaction, Session
from portal.models.base import Json, now
from portal.organizations import connection_keys, connections, logins, sessions
from portal.organizations.actors import Actor
from portal.organizations.refusals import UnknownLogin
from portal.organizations.secrets import new_secret
from portal.words import _l


@dataclass(frozen=True)
class Leaving:
    """A sign-out that goes on at the IdP; `secret` shows that it is this browser's."""

    connection: Connection
    transaction: LoginTransaction
    secret: str


def end(connection: Connection, account: str, indexes: Sequence[str], *, by: Actor) -> int:
    """End the sessions the IdP means: of this account and these indexes, or all of this account where it gives none (SAML
    core §3.7.1), or of these indexes where it names no account. A session whose index was never told counts as meant."""
    ended = [row for row in _living(connection, account, indexes) if _meant(row, indexes)]
    for row in ended:
        sessions.revoke(row, by=by)
    return len(ended)


def begin(row: Session, target: str = "") -> Leaving | None:
    """The way on to the IdP, where the connection wants it and both sides can: before the session is revoked. `target` is
    where the browser goes when the IdP is done, an address that the caller has proven."""
    connection = connections.get(row.connection_id) if row.connection_id else None
    if connection is None or not row.idp_session or not _reaches_idp(connection, row.idp_session):
        return None
    secret = new_secret()
    start = logins.Start(f"_{new_secret(20)}", secret, connection.live.config_hash if connection.live else "", target)
    transaction = logins.begin(connection, start)
    transaction.purpose, transaction.result = LoginPurpose.LOGOUT, dict(row.idp_session)
    return Leaving(connection, transaction, secret)


def require_asked(connection: Connection, request_id: str) -> LoginTransaction:
    """The sign-out an IdP's answer is about; once."""
    found = logins.asked(connection, request_id)
    if found is None or found.purpose is not LoginPurpose.LOGOUT:
        raise UnknownLogin(_l("This sign-out is not known, or it took too long. You are signed out here."))
    return logins.require_open(found)


def finish(transaction: LoginTransaction) -> None:
    """Answered and over; what the IdP called the person is not kept."""
    transaction.answered_at = transaction.finished_at = now()
    transaction.result = {}


def _reaches_idp(connection: Connection, idp_session: Json) -> bool:
    """A session ends the way it began; a word of SAML about it is always signed."""
    live = connection.live
    if live is None or not connection.single_logout or idp_session.get("protocol", "saml") != live.protocol:
        return False
    signed = live.protocol != "saml" or connection_keys.active(connection)
    return bool(live.configuration.logout_address and signed)


def _living(connection: Connection, account: str, indexes: Sequence[str]) -> Sequence[Session]:
    named = Session.idp_session["session_index"].as_string().in_(indexes)
    query = sa.select(Session).where(
        Session.organization_id == connection.organization_id,
        Session.connection_id == connection.id,
        Session.subject == account if account else named,
        Session.revoked_at.is_(None),
    )
    return db.session.scalars(query).all()


def _meant(row: Session, indexes: Sequence[str]) -> bool:
    index = (row.idp_session or {}).get("session_index")
    return not indexes or not index or index in indexes
