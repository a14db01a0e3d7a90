"""Ways to sign in through an IdP: staging a configuration, proving it, switching it on, going back."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    Configuration,
    ConfigurationState,
    Connection,
    ConnectionConfiguration,
    ConnectionIdentity,
    ConnectionTest,
    Organization,
    SignInPolicy,
)
from portal.models.base import new_id, now
from portal.organizations import connection_keys, domains, events, organizations
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import (
    NoConfiguration,
    NothingToUndo,
    NotTested,
    NoVerifiedDomain,
    SsoNotAllowed,
)
from portal.settings import current


class Switched(Protocol):
    """Who knows the organization's switch: the organization, or a row of it."""

    @property
    def sso_allowed(self) -> bool: ...


def create(organization: Organization, idp: str, *, by: Actor, name: str = "") -> Connection:
    """A draft with addresses of its own; it does nothing until it is live."""
    require_allowed(organization)
    connection = Connection(id=new_id(), organization_id=organization.id, idp=idp, name=(name or idp)[:320])
    db.session.add(connection)
    db.session.flush()
    events.record("connection.created", organization, connection, by=by, idp=idp)
    return connection


def require_allowed(organization: Organization) -> None:
    if not allowed(organization):
        raise SsoNotAllowed


def allowed(organization: Switched) -> bool:
    """One switch for the project, one for the organization (design.md §2)."""
    return current().sso_allowed and organization.sso_allowed


def listed(organization: Organization) -> Sequence[Connection]:
    return db.session.scalars(organization.connections.select().order_by(Connection.created_at)).all()


def get(connection_id: uuid.UUID, *, for_update: bool = False) -> Connection | None:
    """By id alone: for the door IdPs send browsers to, where the id is all there is."""
    return db.session.get(Connection, connection_id, with_for_update=for_update or None)


def live_of(organization: Organization) -> list[Connection]:
    return [connection for connection in listed(organization) if connection.live] if allowed(organization) else []


def enforced(organization: Organization) -> bool:
    """Its people come in through its IdP only. Where no connection is live nobody could, so then it does not count."""
    return organizations.requires_sso(organization) and bool(live_of(organization))


def change_idp(connection: Connection, idp: str, *, by: Actor) -> None:
    """Another guide for the same connection: its addresses stay (wizards.md R1)."""
    if connection.idp != idp:
        connection.idp = connection.name = idp
        events.record("connection.idp_changed", connection.organization_id, connection, by=by, idp=idp)


def stage(connection: Connection, configuration: Configuration, *, by: Actor) -> ConnectionConfiguration:
    """Put a configuration beside the live one, as the candidate; an untested candidate before it becomes old."""
    base = connection.candidate or connection.live
    return put(connection, configuration.keeping(base.configuration) if base else configuration, by=by)


def put(connection: Connection, configuration: Configuration, *, by: Actor) -> ConnectionConfiguration:
    """Stage exactly this configuration; one that signs its requests gets a key to sign with."""
    if configuration.needs_key:
        connection_keys.ensure(connection, by=by)
    if connection.candidate:
        _move(connection.candidate, ConfigurationState.OLD)
    version = max((row.version for row in connection.configurations), default=0) + 1
    staged = ConnectionConfiguration(
        organization_id=connection.organization_id,
        connection_id=connection.id,
        version=version,
        state=ConfigurationState.CANDIDATE,
        protocol=configuration.protocol,
        config_hash=configuration.hash,
        body=configuration.dump(),
    )
    _save(connection, staged)
    events.record(
        "connection.staged",
        connection.organization_id,
        connection,
        by=by,
        version=version,
        entity_id=configuration.issuer,
    )
    return staged


def set_mapping(connection: Connection, mapping: dict[str, str], *, by: Actor) -> None:
    """Which attribute is used for what; a test stays valid (wizards.md §2.4 step 6)."""
    target = connection.candidate or connection.live
    if target is None:
        raise NoConfiguration
    if mapping.get("stable_id") != target.configuration.mapping.get("stable_id"):
        _forget_stable_ids(connection)
    target.body = target.body | {"mapping": {use: name for use, name in mapping.items() if name}}
    events.record("connection.mapped", connection.organization_id, connection, by=by, mapping=dict(mapping))


def _forget_stable_ids(connection: Connection) -> None:
    """Ids from another attribute are other people's as far as anybody can tell; the next sign-ins bring the new ones."""
    ours = ConnectionIdentity.organization_id == connection.organization_id
    theirs = sa.update(ConnectionIdentity).where(ours, ConnectionIdentity.connection_id == connection.id)
    db.session.execute(theirs.values(stable_id=None))


def begin_test(connection: Connection, *, by: Actor) -> ConnectionTest:
    """A test proves the candidate, or the live configuration where there is none."""
    target = connection.candidate or connection.live
    if target is None:
        raise NoConfiguration
    test = ConnectionTest(
        organization_id=connection.organization_id,
        connection_id=connection.id,
        config_hash=target.config_hash,
        started_by=by.label,
        report={},
    )
    db.session.add(test)
    db.session.flush()
    return test


def finish_test(
    test: ConnectionTest, connection: Connection, *, passed: bool, report: dict[str, object], by: Actor
) -> None:
    test.finished_at, test.passed, test.report = now(), passed, report
    name = "connection.test_passed" if passed else "connection.test_failed"
    events.record(name, connection.organization_id, connection, by=by, config_hash=test.config_hash)


def last_test(connection: Connection) -> ConnectionTest | None:
    return db.session.scalars(_tests(connection).limit(1)).first()


def has_passed(connection: Connection, config_hash: str) -> bool:
    """Derived from the tests there were, never stored: exactly this configuration was proven."""
    passed = _tests(connection).where(ConnectionTest.config_hash == config_hash, ConnectionTest.passed).limit(1)
    return db.session.scalars(passed).first() is not None


def go_live(connection: Connection, *, by: Actor) -> None:
    """Swap the candidate in. Only the operator's console may do so untested."""
    organization, candidate = connection.organization, connection.candidate
    require_allowed(organization)
    if candidate is None:
        raise NoConfiguration
    if by.door is not Door.CONSOLE:
        _require_proof(connection, candidate)
    if connection.live:
        _move(connection.live, ConfigurationState.OLD)
    _move(candidate, ConfigurationState.LIVE)
    candidate.live_at = now()
    _look_daily(connection)
    events.record("connection.live", organization, connection, by=by, version=candidate.version)


def _look_daily(connection: Connection) -> None:
    """At the metadata, where the live configuration came from an address (`connection_metadata`)."""
    address = connection.live.configuration.metadata_url if connection.live else ""
    connection.metadata_due_at = now() + timedelta(days=1) if address else None
    connection.metadata_problem = connection.metadata_digest = None


def _require_proof(connection: Connection, candidate: ConnectionConfiguration) -> None:
    if not has_passed(connection, candidate.config_hash):
        raise NotTested
    if not domains.verified_names(connection.organization):
        raise NoVerifiedDomain


def undo(connection: Connection, *, by: Actor) -> None:
    """Back to the configuration that was live before; the one live now becomes the candidate, still proven."""
    former = [row for row in connection.configurations if row.state is ConfigurationState.OLD and row.live_at]
    present = connection.live
    if present is None or not former:
        raise NothingToUndo
    if connection.candidate:
        _move(connection.candidate, ConfigurationState.OLD)
    _move(present, ConfigurationState.CANDIDATE)
    _move(max(former, key=lambda row: row.version), ConfigurationState.LIVE)
    _look_daily(connection)
    events.record("connection.undone", connection.organization_id, connection, by=by)


def disable(connection: Connection, *, by: Actor) -> None:
    """Nobody comes in through it any more; its configuration waits as the candidate, still proven."""
    live = connection.live
    if live is None:
        return
    if connection.candidate:
        _move(connection.candidate, ConfigurationState.OLD)
    _move(live, ConfigurationState.CANDIDATE)
    if len(live_of(connection.organization)) == 0:
        connection.organization.sign_in_policy = SignInPolicy.OFFER
    events.record("connection.disabled", connection.organization_id, connection, by=by)


def _tests(connection: Connection) -> "sa.Select[ConnectionTest]":
    return (
        sa.select(ConnectionTest)
        .where(
            ConnectionTest.organization_id == connection.organization_id, ConnectionTest.connection_id == connection.id
        )
        .order_by(ConnectionTest.started_at.desc())
    )


def _move(row: ConnectionConfiguration, state: ConfigurationState) -> None:
    """One at a time: the database holds at most one live and one candidate at any moment."""
    row.state = state
    db.session.flush()


def _save(connection: Connection, staged: ConnectionConfiguration) -> None:
    db.session.add(staged)
    db.session.flush()
    db.session.expire(connection, ["configurations"])
