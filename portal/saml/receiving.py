"""What becomes of a response at the ACS: an answer for a waiting browser, a test's report, a bounce, or a refusal."""

import uuid
from dataclasses import dataclass

from portal.models import (
    Connection,
    ConnectionConfiguration,
    ConnectionTest,
    IdpInitiated,
    LoginPurpose,
    LoginTransaction,
    Session,
)
from portal.organizations import connections, logins, sessions
from portal.organizations import sign_in as who
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import UnknownLogin
from portal.saml import preflight, sp, testing
from portal.saml.identity import Identity
from portal.saml.logout_messages import Name
from portal.saml.posted import Post
from portal.saml.refusals import ResponseRefused
from portal.web import limits

UNASKED_TESTS_PER_MINUTE = 10


@dataclass(frozen=True)
class Received:
    """Where the browser goes next: the finish of a sign-in or test, or back to the IdP with our own question."""

    login: LoginTransaction | None = None
    test: ConnectionTest | None = None
    bounce: bool = False
    unasked: bool = False

    @property
    def failed(self) -> bool:
        return self.test is not None and not self.test.passed


@dataclass(frozen=True)
class Seen:
    """What we know of the browser that gets a session."""

    agent: str
    address: str


def receive(connection: Connection, post: Post) -> Received:
    """A refusal is raised where somebody is not let in; a test is not refused, it reports."""
    said = _says_it_answers(post.encoded)
    login = (logins.asked(connection, said) if said else None) or _by_relay_state(connection, post.relay_state)
    if login is not None:
        return _answer(connection, login, post)
    if said is not None:
        raise ResponseRefused("answer-to-our-question", "unknown-transaction", got=said)
    return _unasked(connection, post)


def actor(connection: Connection) -> Actor:
    return Actor(Door.SAML, str(connection.id), connection.name)


def _says_it_answers(encoded: str) -> str | None:
    """Only to find the question; whether it is true, the signed part decides. What cannot be read says nothing."""
    try:
        said: str | None = preflight.parse(preflight.decode(encoded)).get("InResponseTo")
    except ResponseRefused:
        return None
    return said


def _by_relay_state(connection: Connection, relay_state: str) -> LoginTransaction | None:
    try:
        return logins.get(connection, uuid.UUID(relay_state))
    except ValueError:
        return None


def _answer(connection: Connection, login: LoginTransaction, post: Post) -> Received:
    logins.require_open(login)
    if login.purpose is LoginPurpose.LOGOUT:
        raise UnknownLogin
    if login.purpose is LoginPurpose.TEST:
        return Received(login=login, test=testing.finish(connection, login, post, by=actor(connection)))
    _let_in(connection, login, post, login.request_id)
    return Received(login=login)


def _let_in(connection: Connection, login: LoginTransaction, post: Post, request_id: str | None) -> None:
    provider = post.judged(connection, require_live(connection))
    identity = sp.accept(provider, post.encoded, request_id, asked_at=login.created_at)
    if identity.not_on_or_after:
        logins.use_assertion(connection, identity.assertion_id, identity.not_on_or_after)
    logins.answer(login, identity.dump())


def require_live(connection: Connection) -> ConnectionConfiguration:
    connections.require_allowed(connection.organization)
    if connection.live is None:
        raise ResponseRefused("status", "not-live")
    return logins.require_protocol(connection.live, "saml")


def _unasked(connection: Connection, post: Post) -> Received:
    """Nobody here asked. A draft takes it as a test; a live connection asks again itself, which is the safest."""
    if connection.live is None and connection.candidate and connection.candidate.protocol == "saml":
        if not limits.allows_per_minute(UNASKED_TESTS_PER_MINUTE, "saml-unasked", str(connection.id)):
            raise ResponseRefused("answer-to-our-question", "unknown-transaction")
        return Received(test=testing.finish_unasked(connection, post, by=actor(connection)))
    live = require_live(connection)
    if connection.idp_initiated is IdpInitiated.OFF:
        raise ResponseRefused("answer-to-our-question", "unsolicited")
    bounces = connection.idp_initiated is IdpInitiated.BOUNCE or post.elsewhere
    if bounces or live.saml.force_authn:  # only a question can ask for it anew
        return Received(bounce=True)
    return Received(login=_take_unasked(connection, post), unasked=True)


def _take_unasked(connection: Connection, post: Post) -> LoginTransaction:
    """Where the policy takes answers nobody asked for, the browser that brings one is the one it is for."""
    start = logins.Start(f"unasked-{uuid.uuid4().hex}", post.browser, require_live(connection).config_hash)
    login = logins.begin(connection, start)
    _let_in(connection, login, post, None)
    return login


def sign_in(connection: Connection, login: LoginTransaction, seen: Seen) -> tuple[Session, str]:
    """The answer has met the browser that asked: now it becomes a session, if the organization lets the person in."""
    require_live(connection)
    identity, by = Identity.load(login.result), actor(connection)
    membership = who.through(connection, identity, by=by)
    return sessions.open_through(
        connection, membership, by=by, agent=seen.agent, address=seen.address, ends_at=identity.session_not_on_or_after,
        subject=who.subject(identity.name_id), idp_session=Name.of(identity).dump(),
    )  # fmt: skip
