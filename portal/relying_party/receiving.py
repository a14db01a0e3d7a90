"""What becomes of an answer: the question it answers is used up, and then a session, a test's report, or a refusal."""

from dataclasses import dataclass

from portal.models import Connection, ConnectionConfiguration, LoginPurpose, LoginTransaction, Session
from portal.models.base import Json
from portal.organizations import connections, logins, sessions, sign_in
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import EmailNotVerified, NoConfiguration, NoEmail, UnknownLogin, WrongBrowser
from portal.organizations.secrets import encrypt
from portal.relying_party import asking, client
from portal.relying_party.answering import Question, Seen
from portal.relying_party.client import Client
from portal.words import _l


@dataclass(frozen=True)
class Taken:
    """The question an answer is about, in plain values, while the provider is asked to make the answer good."""

    client: Client
    question: Question
    is_test: bool


@dataclass(frozen=True)
class Browser:
    """What we know of the browser that gets a session."""

    agent: str
    address: str


def actor(connection: Connection) -> Actor:
    return Actor(Door.OIDC, str(connection.id), connection.name)


def require_live(connection: Connection) -> ConnectionConfiguration:
    connections.require_allowed(connection.organization)
    if connection.live is None:
        raise NoConfiguration(_l("Single sign-on is not switched on for this organization yet."))
    return logins.require_protocol(connection.live, "oidc")


def take(connection: Connection, login: LoginTransaction | None, browser: str) -> Taken:
    """Once, and only in the browser that asked; whatever comes of it, this question is answered."""
    login = logins.require_open(login)
    if login.purpose is LoginPurpose.LOGOUT:
        raise UnknownLogin
    if not logins.is_of(login, browser):
        raise WrongBrowser
    configuration = _asked_about(connection, login)
    logins.answer(login, {})
    question = Question(
        asking.nonce(login.request_id, browser), asking.verifier(login.request_id, browser), login.created_at
    )
    return Taken(client.of(connection, configuration), question, login.purpose is LoginPurpose.TEST)


def _asked_about(connection: Connection, login: LoginTransaction) -> ConnectionConfiguration:
    """What is in force, or for a test what it is to prove; neither if that changed since the question."""
    is_test = login.purpose is LoginPurpose.TEST
    found = logins.configuration_of(connection, login.config_hash) if is_test else require_live(connection)
    if found is None or found.config_hash != login.config_hash:
        raise UnknownLogin(_l("The configuration changed since this was started. Start again."))
    return found


def let_in(connection: Connection, login: LoginTransaction, seen: Seen, browser: Browser) -> tuple[Session, str]:
    """The session of whom the answer is about, if the organization lets the person in."""
    person, by = seen.accepted, actor(connection)
    _asked_about(connection, login)
    try:
        membership = sign_in.through(connection, person, by=by)
    except NoEmail:
        raise (EmailNotVerified if person.doubted_email else NoEmail) from None
    return sessions.open_through(
        connection, membership, by=by, agent=browser.agent, address=browser.address,
        subject=person.account, idp_session=_told(connection, seen, person.session),
    )  # fmt: skip


def _told(connection: Connection, seen: Seen, session: str) -> Json:
    """How the provider names its own session, and its word of it, where we shall have to show it to sign out there."""
    told: Json = {"protocol": "oidc", "session_index": session}
    if connection.single_logout and connection.live and connection.live.configuration.logout_address:
        told["id_token"] = encrypt(str(seen.tokens["id_token"]))
    return told
