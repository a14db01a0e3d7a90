"""Sign-ins under way: what was asked, in which browser, what came back; and which assertions were used."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import (
    Connection,
    ConnectionConfiguration,
    ConnectionTest,
    LoginPurpose,
    LoginTransaction,
    SamlAssertion,
)
from portal.models.base import new_id, now
from portal.organizations.refusals import AssertionUsed, UnknownLogin, WrongBrowser
from portal.organizations.secrets import digest
from portal.settings import current


@dataclass(frozen=True)
class Start:
    """How a sign-in begins: `browser` is the secret of its cookie, `config_hash` the configuration it is about."""

    request_id: str
    browser: str
    config_hash: str
    target: str = ""
    test: ConnectionTest | None = None


def begin(connection: Connection, start: Start) -> LoginTransaction:
    minutes = current().saml_test_minutes if start.test else current().saml_login_minutes
    login = LoginTransaction(
        id=new_id(), organization_id=connection.organization_id, connection_id=connection.id,
        purpose=LoginPurpose.TEST if start.test else LoginPurpose.SIGN_IN,
        request_id=start.request_id, browser_hash=digest(start.browser), config_hash=start.config_hash,
        target=start.target, test_id=start.test.id if start.test else None, result={},
        expires_at=now() + timedelta(minutes=minutes),
    )  # fmt: skip
    db.session.add(login)
    db.session.flush()
    return login


def asked(connection: Connection, request_id: str) -> LoginTransaction | None:
    """The sign-in that an answer says it answers; held until the transaction ends."""
    return _one(connection, LoginTransaction.request_id == request_id)


def get(connection: Connection, login_id: uuid.UUID) -> LoginTransaction | None:
    return _one(connection, LoginTransaction.id == login_id)


def connection_asked(login_id: uuid.UUID | None) -> uuid.UUID | None:
    """The connection that a sign-in under way went out through."""
    login = db.session.get(LoginTransaction, login_id) if login_id else None
    return login.connection_id if login else None


def test_of(login: LoginTransaction) -> ConnectionTest | None:
    return db.session.get(ConnectionTest, login.test_id) if login.test_id else None


def configuration_of(connection: Connection, config_hash: str) -> ConnectionConfiguration | None:
    """The configuration in force or in waiting that a question was about."""
    found = (connection.candidate, connection.live)
    return next((one for one in found if one and one.config_hash == config_hash), None)


def require_protocol(configuration: ConnectionConfiguration, protocol: str) -> ConnectionConfiguration:
    """What was begun by one protocol ends by it; a connection may have been moved to another one meanwhile."""
    if configuration.protocol != protocol:
        raise UnknownLogin
    return configuration


def require_open(login: LoginTransaction | None) -> LoginTransaction:
    """A question that waits for its answer."""
    if login is None or login.expires_at <= now():
        raise UnknownLogin
    if login.answered_at is not None:
        raise AssertionUsed
    return login


def answer(login: LoginTransaction, result: dict[str, object]) -> None:
    login.answered_at, login.result = now(), result


def require_answered(login: LoginTransaction | None, browser: str) -> LoginTransaction:
    """An answer that waits for the browser which asked."""
    if login is None or login.expires_at <= now() or login.answered_at is None or login.finished_at is not None:
        raise UnknownLogin
    if not is_of(login, browser):
        raise WrongBrowser
    return login


def is_of(login: LoginTransaction, browser: str) -> bool:
    return bool(browser) and hmac.compare_digest(digest(browser), login.browser_hash)


def finish(login: LoginTransaction) -> None:
    """Once; and what the IdP said of the person is not kept."""
    login.finished_at, login.result = now(), {}


def use_assertion(connection: Connection, assertion_id: str, until: datetime) -> None:
    """The database judges: an assertion is used once, however many processes are asked at once (design.md §8.8)."""
    kept = assertion_id if len(assertion_id) <= 320 else digest(assertion_id)
    row = SamlAssertion(
        organization_id=connection.organization_id, connection_id=connection.id, assertion_id=kept, expires_at=until
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        if "saml_assertions" in str(error.orig):
            raise AssertionUsed from error
        raise


def _one(connection: Connection, which: sa.ColumnElement[bool]) -> LoginTransaction | None:
    query = sa.select(LoginTransaction).where(
        LoginTransaction.organization_id == connection.organization_id,
        LoginTransaction.connection_id == connection.id,
        which,
    )
    return db.session.scalars(query.with_for_update()).one_or_none()
